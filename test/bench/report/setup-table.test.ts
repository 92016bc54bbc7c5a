import { describe, expect, it } from 'vitest';
import { countWords, imageWords, setupSentence, setupTable } from '../../../src/bench/report/setup-table.ts';
import { aFormulaRecord, aPublishedRecord, aRecord } from '../a-record.ts';

const valueUnder = (what: string, ...records: Parameters<typeof setupTable>[0]) =>
  setupTable(records).rows.find((row) => row[0] === what)?.[1];

describe('the setup', () => {
  it('names computer, versions, digest and trace digest', () => {
    const record = aRecord();
    expect(valueUnder('Computer', record)).toBe('A processor (2 cores, 4.0 GiB, linux x64)');
    expect(valueUnder('Versions', record)).toBe('swarmboot 0.1.0, node 24.21.0');
    expect(valueUnder('Scenario digest', record)).toBe('d'.repeat(64));
    expect(valueUnder('Trace digests', record)).toBe('a'.repeat(64));
  });

  it('does not say that real machines are the computer that asked them', () => {
    const real = aRecord({ source: 'hardware' });
    const words = 'real machines, asked from A processor (2 cores, 4.0 GiB, linux x64)';
    expect(valueUnder('Computer', real)).toBe(words);
    expect(setupSentence([real])).toContain(`on ${words}`);
  });

  it('counts the runs of each executor and lists the random seeds in order', () => {
    const records = [
      aFormulaRecord(),
      aRecord({ randomSeed: 12 }),
      aRecord({ randomSeed: 3 }),
      aRecord({ source: 'local' }),
    ];
    expect(valueUnder('Runs', ...records)).toBe('1 theory, 2 simulated and 1 measured');
    expect(valueUnder('Random seeds', ...records)).toBe('1, 3, 12');
  });

  it('names every computer and every publication once', () => {
    const other = { cpu: 'Another', cores: 1, memoryMiB: 512, platform: 'linux arm64' };
    const records = [
      aRecord(),
      aRecord({ host: other }),
      aRecord({ host: { ...other } }),
      aPublishedRecord(),
      aPublishedRecord(),
    ];
    expect(valueUnder('Computer', ...records)).toBe(
      'A processor (2 cores, 4.0 GiB, linux x64); Another (1 core, 0.5 GiB, linux arm64)',
    );
    expect(valueUnder('Published in', ...records)).toBe('Balaz & Adam 2016, Table 1');
  });

  it('has no row for variants or publications where there are none', () => {
    expect(valueUnder('Variants', aRecord())).toBeUndefined();
    expect(valueUnder('Published in', aRecord())).toBeUndefined();
  });

  it('gives the range of images that differ between variants, and of many machine counts', () => {
    expect(imageWords([aRecord({ wireBytes: 2e9 }), aRecord({ wireBytes: 1e9 })])).toBe('1.00 GB to 2.00 GB');
    expect(countWords([1, 2, 4, 8, 16, 32, 64].map((machines) => aRecord({ machines })))).toBe('1 to 64');
  });

  it('fits in one sentence below a chart', () => {
    const records = [aRecord({ randomSeed: 1 }), aRecord({ randomSeed: 2 }), aRecord({ source: 'local' })];
    expect(setupSentence(records)).toBe(
      'Setup: 1.00 MB to each machine; simulated with random seeds 1, 2; measured with 1 run per cell on A processor (2 cores, 4.0 GiB, linux x64).',
    );
  });

  it('speaks of one random seed as one, and of none not at all', () => {
    expect(setupSentence([aRecord({ randomSeed: 7 })])).toBe(
      'Setup: 1.00 MB to each machine; simulated with random seed 7.',
    );
    expect(setupSentence([aRecord({ randomSeed: null })])).toBe('Setup: 1.00 MB to each machine; simulated.');
  });

  it('says where cells were measured more or less often', () => {
    const records = [
      aRecord({ source: 'local' }),
      aRecord({ source: 'local', randomSeed: 2 }),
      aRecord({ source: 'local', machines: 8 }),
    ];
    expect(setupSentence(records)).toContain('measured with 1 to 2 runs per cell');
  });
});
