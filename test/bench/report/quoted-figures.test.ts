import { describe, expect, it } from 'vitest';
import { agreementDetails } from '../../../src/bench/metrics/agreement.ts';
import { cellDetails } from '../../../src/bench/metrics/cell.ts';
import { withQuotedFigures } from '../../../src/bench/report/quoted-figures.ts';
import { aFleet, aRecord } from '../a-record.ts';

const image = { wireBytes: 1_000_000, rawBytes: 4_000_000, chunks: 4, reusedChunks: 0, refetchedChunks: 0 };
const RECORDS = [
  aRecord({ source: 'netns', fleet: aFleet([90, 100]).map((machine) => ({ ...machine, image })) }),
  aRecord({ source: 'sim', fleet: aFleet([90, 97]) }),
  aRecord({ source: 'netns', transport: 'unicast', fleet: aFleet([200, 250]) }),
  aRecord({ source: 'netns', fleet: aFleet([50]), wireBytes: 2_000_000 }),
  aRecord({ source: 'sim', fleet: aFleet([60]) }),
];
const details = cellDetails(RECORDS);
const REPORTS = new Map([
  [
    'lab',
    {
      records: RECORDS,
      cells: details.map(({ cell }) => cell),
      agreement: agreementDetails(details),
      calibration: {
        unknowns: [{ unknown: 'fixed p2p', nearest: { low: 60, high: 93 }, within: { low: 30, high: 99 } }],
        extrapolations: [
          {
            transport: 'p2p',
            machines: 3,
            nearest: { 'link alone': { low: 120, high: 120 }, 'seeder slots': { low: 90, high: 120 } },
          },
        ],
      },
    },
  ],
]);

const set = (words: string) => withQuotedFigures(`a <!--=${words}-->?<!--=--> b`, REPORTS);

describe('figures that a text quotes', () => {
  it.each([
    ['time lab netns p2p 2', '100 s'],
    ['minutes lab netns p2p 2', '1.67'],
    ['bound lab netns p2p 2', '4.00 s'],
    ['copies lab netns p2p 2', '1.50'],
    ['ratio lab netns unicast 2 p2p 2', '2.50'],
    ['error lab worst', '20.0 %'],
    ['error lab median', '11.5 %'],
    ['error lab worst several', '3.00 %'],
    ['mean-error lab worst', '20.0 %'],
    ['mean-error lab worst several', '1.58 %'],
    ['cells lab', '2'],
    ['cells lab several', '1'],
    ['image lab', '1.00 MB to 2.00 MB'],
    ['disk lab', '4.00 MB'],
    ['behind lab fixed-p2p within', '0.500 to 1.65'],
    ['behind lab fixed-p2p', '1.00 to 1.55'],
    ['foretold lab p2p 3 link-alone', '2.00'],
    ['foretold lab p2p 3 seeder-slots', '1.50 to 2.00'],
  ])('are those of the records: %s', (words, figure) => {
    expect(set(words)).toBe(`a <!--=${words}-->${figure}<!--=--> b`);
  });

  it('are left alone where they are right, so that a text can be checked', () => {
    const text =
      'takes <!--=time lab netns p2p 2-->100 s<!--=-->, not <!--=time lab netns unicast 2-->4.17 min<!--=-->';
    expect(withQuotedFigures(text, REPORTS)).toBe(text);
  });

  it('have no size of a disk that no machine told of', () => {
    const records = [aRecord()];
    const report = { records, cells: [], agreement: [], calibration: null };
    expect(() => withQuotedFigures('<!--=disk sim-->?<!--=-->', new Map([['sim', report]]))).toThrow(
      'does not have it',
    );
  });

  it.each([
    ['time other netns p2p 2', 'no report other'],
    ['time lab netns p2p 3', 'does not have it'],
    ['time lab vm p2p 2', 'does not have it'],
    ['speed lab netns p2p 2', 'does not have it'],
    ['behind lab copy', 'does not have it'],
    ['foretold lab p2p 4 link-alone', 'does not have it'],
  ])('that no record has are named: %s', (words, reason) => {
    expect(() => set(words)).toThrow(reason);
  });
});
