import { describe, expect, it } from 'vitest';
import { sentByNobodyElse } from '../../../src/bench/executors/sent-by-nobody-else.ts';
import { aMachine } from '../a-record.ts';

const image = { wireBytes: 6, rawBytes: 8, chunks: 4, reusedChunks: 0, refetchedChunks: 0 };
const [giver, taker] = [
  aMachine({ image, uploadedBytes: 6, downloadedBytes: 6 }),
  aMachine({ image, machine: 'm002', uploadedBytes: 1, downloadedBytes: 6 }),
];

describe('what the server has sent', () => {
  it('is what no machine has', () => {
    expect(sentByNobodyElse([giver, taker])).toBe(5);
  });

  it('is not known where a machine is not done, or is done and its account is lost', () => {
    expect(sentByNobodyElse([giver, aMachine({ doneS: null, image })])).toBeNull();
    const { image: _lost, ...silent } = { ...taker, uploadedBytes: 0, downloadedBytes: 0 };
    expect(sentByNobodyElse([giver, silent])).toBeNull();
  });
});
