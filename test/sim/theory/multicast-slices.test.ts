import { describe, expect, it } from 'vitest';
import { slicedMulticastS } from '../../../src/sim/theory/multicast-slices.ts';

/** Ten packets of a second each, in slices of three: four slices, the last of one packet. */
const SESSION = {
  wireBytes: 10_240,
  packetBytes: 1024,
  slicePackets: 3,
  isFullDuplex: false,
  exchangeS: 0.5,
  rateBps: 1024,
  waitS: 2,
};

describe('a multicast in slices', () => {
  it('waits for the answers to all slices but the last in half duplex', () => {
    expect(slicedMulticastS(SESSION)).toBe(2 + 10 + 3 * 0.5);
  });

  it('waits for none in full duplex, unless they take longer than a slice', () => {
    expect(slicedMulticastS({ ...SESSION, isFullDuplex: true })).toBe(12);
    expect(slicedMulticastS({ ...SESSION, isFullDuplex: true, exchangeS: 5 })).toBe(12 + 2 * 2);
  });

  it('is one copy where a slice holds all', () => {
    for (const isFullDuplex of [false, true])
      expect(slicedMulticastS({ ...SESSION, slicePackets: 99, isFullDuplex, exchangeS: 50 })).toBe(12);
  });

  it('refuses slices of no packets', () => {
    expect(() => slicedMulticastS({ ...SESSION, slicePackets: 0 })).toThrow(RangeError);
  });
});
