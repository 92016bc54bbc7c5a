import { array, assert, constant, double, integer, nat, oneof, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairShare } from '../../../src/sim/network/fair-share.ts';
import { objections } from './max-min-certificate.ts';

interface Contender {
  readonly path: readonly number[];
  readonly capBps?: number;
}

/** Max-min rates [byte/s] of all contenders, in their order. */
function ratesOf(capacities: readonly number[], contenders: readonly Contender[]): number[] {
  const fairShare = aFairShare(capacities);
  for (const [flow, { path, capBps = Infinity }] of contenders.entries()) fairShare.add(flow, path, capBps);
  fairShare.settle(() => {});
  return contenders.map((_, flow) => fairShare.rateOf(flow));
}

function aFairShare(capacities: readonly number[], tolerance = 0): FairShare {
  const fairShare = new FairShare(tolerance);
  for (const capacityBps of capacities) fairShare.addLink(capacityBps);
  return fairShare;
}

const MOST_LINKS = 8;
const rates = oneof(
  integer({ min: 1, max: 8 }).map((exponent) => 2 ** exponent),
  double({ min: 1e-3, max: 1e9, noNaN: true }),
);
/** Few links and many flows; paths of up to seven links, none crossed twice. */
const topologies = record({
  capacities: array(rates, { minLength: 1, maxLength: MOST_LINKS }),
  wishes: array(
    record({
      path: array(nat(MOST_LINKS - 1), { maxLength: 7 }),
      capBps: oneof(constant(Infinity), rates),
    }),
    { minLength: 1, maxLength: 40 },
  ),
}).map(({ capacities, wishes }) => ({
  capacities,
  contenders: wishes.map(({ path, capBps }) => ({
    path: [...new Set(path.map((link) => link % capacities.length))],
    capBps,
  })),
}));

describe('fair share', () => {
  it('divides one link equally', () => {
    const one = { path: [0] };
    expect(ratesOf([8], [one, one, one, one])).toEqual([2, 2, 2, 2]);
  });

  it('gives a flow over two links the share of the tighter one, and the rest of the wider to the other', () => {
    expect(ratesOf([2, 10], [{ path: [0, 1] }, { path: [1] }])).toEqual([2, 8]);
  });

  it('gives what a flow at its own cap leaves to the others', () => {
    expect(ratesOf([8], [{ path: [0], capBps: 2 }, { path: [0] }, { path: [0] }])).toEqual([2, 3, 3]);
  });

  it('does not let a cap above the share matter', () => {
    expect(ratesOf([8], [{ path: [0], capBps: 5 }, { path: [0] }])).toEqual([4, 4]);
  });

  it('halves every link of the parking lot between the long flow and the short ones', () => {
    const short = [0, 1, 2].map((link) => ({ path: [link] }));
    expect(ratesOf([2, 2, 2], [{ path: [0, 1, 2] }, ...short])).toEqual([1, 1, 1, 1]);
  });

  it('holds the long flow of the parking lot to its tightest lot', () => {
    const short = [0, 1, 2].map((link) => ({ path: [link] }));
    expect(ratesOf([8, 2, 4], [{ path: [0, 1, 2] }, ...short])).toEqual([1, 7, 1, 3]);
  });

  it('fills in stages: what one full link leaves over is shared on the next', () => {
    // Link 0 fills at 1, link 1 at (10 - 1)/2, link 2 carries what is left.
    const flows = [{ path: [0] }, { path: [0, 1] }, { path: [1] }, { path: [1, 2] }, { path: [2] }];
    expect(ratesOf([2, 10, 20], flows)).toEqual([1, 1, 4.5, 4.5, 15.5]);
  });

  it('gives a flow without links its cap, or all', () => {
    expect(ratesOf([1], [{ path: [], capBps: 3 }, { path: [] }, { path: [0] }])).toEqual([3, Infinity, 1]);
  });

  it('is max-min fair over any links', () => {
    assert(
      property(topologies, ({ capacities, contenders }) => {
        const found = ratesOf(capacities, contenders);
        const flows = contenders.map((contender, flow) => ({ ...contender, rateBps: found[flow]! }));
        expect(objections(flows, capacities)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('is max-min fair after any coming and going, and says whose rate has changed', () => {
    assert(
      property(topologies, array(nat(39), { maxLength: 60 }), ({ capacities, contenders }, changes) => {
        const fairShare = aFairShare(capacities);
        const rates = new Map<number, number>();
        for (const change of changes) {
          const flow = change % contenders.length;
          const { path, capBps } = contenders[flow]!;
          if (rates.delete(flow)) fairShare.remove(flow);
          else {
            fairShare.add(flow, path, capBps);
            rates.set(flow, 0);
          }
          fairShare.settle((changed, oldBps, newBps) => {
            expect(oldBps).toBe(rates.get(changed));
            rates.set(changed, newBps);
          });
          const flows = [...rates].map(([there, rateBps]) => ({ ...contenders[there]!, rateBps }));
          expect(objections(flows, capacities)).toEqual([]);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('overfills no link by more than its tolerance', () => {
    const nearlyEqual = array(double({ min: 1, max: 1.5, noNaN: true }), { minLength: 2, maxLength: 12 });
    let passedOver = 0;
    assert(
      property(nearlyEqual, array(nat(29), { minLength: 60, maxLength: 60 }), (capacities, changes) => {
        const [rough, exact] = [0.05, 0].map((tolerance) => aFairShare(capacities, tolerance));
        const pathOf = (flow: number) => [
          ...new Set([flow, 7 * flow + 3].map((at) => at % capacities.length)),
        ];
        const there = new Set<number>();
        for (const flow of changes) {
          for (const share of [rough!, exact!]) {
            if (there.has(flow)) share.remove(flow);
            else share.add(flow, pathOf(flow), Infinity);
            share.settle(() => {});
          }
          if (!there.delete(flow)) there.add(flow);
          const loads = capacities.map(() => 0);
          for (const member of there) {
            for (const link of pathOf(member)) loads[link]! += rough!.rateOf(member);
            if (rough!.rateOf(member) !== exact!.rateOf(member)) passedOver++;
          }
          for (const [link, load] of loads.entries())
            expect(load).toBeLessThanOrEqual(capacities[link]! * 1.05 * (1 + 1e-9));
        }
      }),
    );
    expect(passedOver).toBeGreaterThan(0);
  });
});

describe('the certificate itself', () => {
  it('objects to an overfull link', () => {
    expect(objections([{ path: [0], rateBps: 3, capBps: Infinity }], [2])).toEqual(['link 0 carries 3 of 2']);
  });

  it('objects to a flow above its cap', () => {
    expect(objections([{ path: [0], rateBps: 2, capBps: 1 }], [2])).toEqual(['a flow has 2, its cap is 1']);
  });

  it('objects to idle capacity', () => {
    expect(objections([{ path: [0], rateBps: 1, capBps: Infinity }], [2])).toEqual([
      'nothing holds the flow over 0 back at 1',
    ]);
  });

  it('objects to a full link that is shared unequally without need', () => {
    const flows = [1, 3].map((rateBps) => ({ path: [0], rateBps, capBps: Infinity }));
    expect(objections(flows, [4])).toEqual(['nothing holds the flow over 0 back at 1']);
  });
});
