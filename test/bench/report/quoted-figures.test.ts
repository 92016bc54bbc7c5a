import { describe, expect, it } from 'vitest';
import { agreementDetails } from '../../../src/bench/metrics/agreement.ts';
import { cellDetails } from '../../../src/bench/metrics/cell.ts';
import { withQuotedFigures } from '../../../src/bench/report/quoted-figures.ts';
import { aFleet, aRecord } from '../a-record.ts';

const details = cellDetails([
  aRecord({ source: 'netns', fleet: aFleet([90, 100]) }),
  aRecord({ source: 'sim', fleet: aFleet([90, 97]) }),
  aRecord({ source: 'netns', transport: 'unicast', fleet: aFleet([200, 250]) }),
]);
const REPORTS = new Map([
  [
    'lab',
    {
      cells: details.map(({ cell }) => cell),
      agreement: agreementDetails(details).map(({ agreement }) => agreement),
    },
  ],
]);

const set = (words: string) => withQuotedFigures(`a <!--=${words}-->?<!--=--> b`, REPORTS);

describe('figures that a text quotes', () => {
  it.each([
    ['time lab netns p2p 2', '100 s'],
    ['minutes lab netns p2p 2', '1.67'],
    ['copies lab netns p2p 2', '1.50'],
    ['ratio lab netns unicast 2 p2p 2', '2.50'],
    ['error lab worst', '3.00 %'],
    ['error lab median', '3.00 %'],
    ['cells lab', '1'],
  ])('are those of the records: %s', (words, figure) => {
    expect(set(words)).toBe(`a <!--=${words}-->${figure}<!--=--> b`);
  });

  it('are left alone where they are right, so that a text can be checked', () => {
    const text =
      'takes <!--=time lab netns p2p 2-->100 s<!--=-->, not <!--=time lab netns unicast 2-->4.17 min<!--=-->';
    expect(withQuotedFigures(text, REPORTS)).toBe(text);
  });

  it.each([
    ['time other netns p2p 2', 'no report other'],
    ['time lab netns p2p 3', 'does not have it'],
    ['time lab vm p2p 2', 'does not have it'],
    ['speed lab netns p2p 2', 'does not have it'],
  ])('that no record has are named: %s', (words, reason) => {
    expect(() => set(words)).toThrow(reason);
  });
});
