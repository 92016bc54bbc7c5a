import { createRequire } from 'node:module';
import { Resvg } from '@resvg/resvg-js';
import { describe, expect, it } from 'vitest';
import { chartImages, withOwnIds } from '../../../src/bench/charts/chart-image.ts';
import { chartsOf } from '../../../src/bench/charts/charts.ts';
import { cellDetails } from '../../../src/bench/metrics/cell.ts';
import { type RunRecord, TRANSPORTS } from '../../../src/bench/record/run-record.ts';
import { aFleet, aFormulaRecord, aPublishedRecord, aRecord } from '../a-record.ts';

/** Every transport, executor, variant and a publication, with unicast far slower than the rest. */
function aCrowdedReport(): RunRecord[] {
  return ['', 'a-variant-with-a-long-name', 'third'].flatMap((variant) =>
    TRANSPORTS.flatMap((transport) =>
      [1, 8, 64, 1024].flatMap((machines) => {
        const fleet = aFleet([600, transport === 'unicast' ? 600 * machines : 660]);
        const common = { variant, transport, machines };
        const formula = { makespanS: 500, transferS: 400, meanLatencyS: 450, serverCopies: machines };
        return [
          aFormulaRecord({ ...common, formula }),
          ...[1, 2, 3].map((randomSeed) => aRecord({ ...common, fleet, randomSeed })),
          aRecord({ ...common, fleet, source: 'local' }),
          aPublishedRecord(common),
        ];
      }),
    ),
  );
}

const PLAIN = [aRecord({ machines: 1 }), aRecord({ machines: 2 }), aFormulaRecord()];

function imagesOf(records: readonly RunRecord[]) {
  return Promise.all(chartsOf(cellDetails(records)).map(chartImages));
}

/** What is drawn, without the white ground. */
function drawnBox(svg: string) {
  const { resolve } = createRequire(import.meta.url);
  const fontFiles = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map((file) =>
    resolve(`dejavu-fonts-ttf/ttf/${file}`),
  );
  const image = new Resvg(svg.replace(/<rect width="[\d.]+" height="[\d.]+" fill="white"\/>/, ''), {
    font: { loadSystemFonts: false, fontFiles, defaultFontFamily: 'DejaVu Sans' },
  });
  return { box: image.getBBox()!, width: image.width, height: image.height };
}

describe('a drawn chart', () => {
  it('is a Vega-Lite 6 specification, an SVG and a PNG', async () => {
    const [image] = await imagesOf(PLAIN);
    expect(JSON.parse(image!.spec)).toMatchObject({
      $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    });
    expect(image!.svg).toMatch(/^<svg [^>]*viewBox=/);
    expect([...image!.png.subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
  });

  it('is twice as large in pixels as its SVG', async () => {
    const [image] = await imagesOf(PLAIN);
    const width = Number(/width="(\d+)"/.exec(image!.svg)![1]);
    expect(Buffer.from(image!.png).readUInt32BE(16)).toBe(2 * width);
  });

  it('has the same bytes however often and in whatever order it is drawn', async () => {
    const [first, ...others] = chartsOf(cellDetails(aCrowdedReport()));
    const alone = await chartImages(first!);
    const together = await Promise.all([...others, first!].map(chartImages));
    expect(together.at(-1)).toEqual(alone);
  });

  it.each([
    ['few cells', PLAIN],
    ['every transport, executor and variant', aCrowdedReport()],
    ['one machine count', [aRecord()]],
    ['one published cell', [aPublishedRecord()]],
    ['failed machines', [aRecord({ fleet: aFleet([5, null]) })]],
    [
      'times below a second',
      [aRecord({ fleet: aFleet([2.001]).map((machine) => ({ ...machine, doneS: 0.002 })) })],
    ],
  ])('cuts nothing off: %s', async (_, records) => {
    for (const { svg } of await imagesOf(records)) {
      const { box, width, height } = drawnBox(svg);
      expect(box.x).toBeGreaterThanOrEqual(0);
      expect(box.y).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width).toBeLessThanOrEqual(width);
      expect(box.y + box.height).toBeLessThanOrEqual(height);
    }
  });
});

describe('the ids of an SVG', () => {
  it('are counted anew and led by the chart’s name, in their definitions and uses', () => {
    const svg = '<svg><clipPath id="clip7"/><g clip-path="url(#clip7)"/><clipPath id="clip9"/></svg>';
    expect(withOwnIds('phases', svg)).toBe(
      '<svg><clipPath id="phases-1"/><g clip-path="url(#phases-1)"/><clipPath id="phases-2"/></svg>',
    );
  });

  it('leave what is no id of the SVG as it is', () => {
    expect(withOwnIds('phases', '<svg><g fill="url(#elsewhere)"/></svg>')).toBe(
      '<svg><g fill="url(#elsewhere)"/></svg>',
    );
  });
});
