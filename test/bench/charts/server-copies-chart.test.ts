import { describe, expect, it } from 'vitest';
import { serverCopiesChart } from '../../../src/bench/charts/server-copies-chart.ts';
import { cellDetails } from '../../../src/bench/metrics/cell.ts';
import type { RunRecord } from '../../../src/bench/record/run-record.ts';
import { aPublishedRecord, aRecord } from '../a-record.ts';
import { panelsOf } from './chart-rows.ts';

describe('the chart of server copies', () => {
  it('is left out where nobody knows what the server sent', () => {
    expect(
      serverCopiesChart(cellDetails([aPublishedRecord(), aRecord({ serverUploadedBytes: null })])),
    ).toBeUndefined();
  });

  it('calls one copy the least only where nobody else has the image from the start', () => {
    const captionOf = (...records: RunRecord[]) => serverCopiesChart(cellDetails(records))!.caption;
    const seeded = aRecord({ variant: 'seeded', seedersUploadedBytes: 700_000 });
    expect(captionOf(aRecord())).toContain('One copy is the least');
    expect(captionOf(aRecord(), seeded)).not.toContain('One copy is the least');
    expect(captionOf(aRecord(), seeded)).toContain('less than one copy');
  });

  it('draws the copies over the machines', () => {
    const records = [
      aRecord({ machines: 4 }),
      aRecord({ machines: 4, transport: 'unicast', serverUploadedBytes: 4_000_000 }),
    ];
    expect(panelsOf(serverCopiesChart(cellDetails(records)))[0]!.rows).toEqual([
      { series: 'P2P, simulated', machines: 4, value: 1.5 },
      { series: 'unicast, simulated', machines: 4, value: 4 },
    ]);
  });
});
