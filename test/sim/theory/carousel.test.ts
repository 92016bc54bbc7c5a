import { describe, expect, it } from 'vitest';
import { carouselS, expectedCarouselPackets } from '../../../src/sim/theory/carousel.ts';

/** The sum of the definition, term by term. */
function termByTerm(machines: number, packets: number, loss: number): number {
  let sum = 0;
  for (let sent = 0, left = 1; left > 1e-15; sent++) {
    const [round, place] = [Math.floor(sent / packets), sent % packets];
    const hasAll = (1 - loss ** (round + 1)) ** place * (1 - loss ** round) ** (packets - place);
    left = 1 - hasAll ** machines;
    sum += left;
  }
  return sum;
}

describe('the packets of a carousel', () => {
  it('are one round where nothing is lost', () => {
    expect(expectedCarouselPackets(20, 1000, 0)).toBe(1000);
  });

  it.each([
    [1, 1, 0.5],
    [1, 7, 0.3],
    [3, 40, 0.05],
    [20, 12, 0.4],
    [100, 3, 0.9],
  ])('are the sum of the definition for %i machines, %i packets and loss %d', (machines, packets, loss) => {
    const expected = termByTerm(machines, packets, loss);
    expect(expectedCarouselPackets(machines, packets, loss) / expected).toBeCloseTo(1, 9);
  });

  it('of one packet are those until all have it', () => {
    expect(expectedCarouselPackets(1, 1, 0.25)).toBeCloseTo(1 / 0.75, 12);
  });

  it('are known of large images and fleets', () => {
    const rounds = expectedCarouselPackets(1000, 27_000_000, 0.01) / 27_000_000;
    expect(rounds).toBeGreaterThan(5);
    expect(rounds).toBeLessThan(7);
  });

  it('take their time, after a wait', () => {
    const session = { wireBytes: 8192, machines: 5, loss: 0, packetBytes: 1024, rateBps: 1024, waitS: 3 };
    expect(carouselS(session)).toBe(11);
    const lossy = { ...session, loss: 0.2 };
    expect(carouselS(lossy)).toBeCloseTo(3 + expectedCarouselPackets(5, 8, 0.2), 9);
  });

  it.each([
    ['no machines', () => expectedCarouselPackets(0, 1, 0)],
    ['parts of packets', () => expectedCarouselPackets(1, 0.5, 0)],
    ['total loss', () => expectedCarouselPackets(1, 1, 1)],
  ])('are refused for %s', (_what, expected) => {
    expect(expected).toThrow(RangeError);
  });
});
