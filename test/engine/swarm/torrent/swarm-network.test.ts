import {
  type Arbitrary,
  array,
  assert,
  boolean,
  constantFrom,
  integer,
  nat,
  property,
  record,
} from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Network, type NetworkWishes } from './a-network.ts';
import { aGeometry, BLOCK, PIECE } from './a-torrent.ts';

const anyNetwork: Arbitrary<NetworkWishes> = record({
  geometry: record({ pieces: integer({ min: 1, max: 12 }), lastBytes: integer({ min: 1, max: PIECE }) }).map(
    ({ pieces, lastBytes }) => aGeometry(pieces, lastBytes),
  ),
  randomSeed: nat(),
  leechers: integer({ min: 1, max: 5 }),
  hasFast: boolean(),
  seeder: constantFrom('dealing', 'superseed', 'plain'),
  slots: integer({ min: 1, max: 4 }),
  openPieces: integer({ min: 1, max: 6 }),
  askedBlocks: integer({ min: 1, max: 16 }),
  unsentBytes: constantFrom(1, BLOCK, 3 * BLOCK, 100 * BLOCK),
  sites: integer({ min: 1, max: 3 }),
});
/** What happens to the peers, and after how many steps. */
const anyFate = array(record({ after: nat(300), isDeath: boolean() }), { maxLength: 4 });

/** Steps in which everybody is sure to be done: a small multiple of what there is to send. */
function mostSteps({ geometry, leechers }: NetworkWishes): number {
  return 2_000 + 400 * geometry.pieces * (leechers + 4);
}

function run(network: Network, steps: number): number {
  let taken = 0;
  while (taken < steps && !network.isDone) {
    network.step();
    taken++;
  }
  return taken;
}

describe('a swarm of torrents', () => {
  it('is complete in the end, whatever comes first, whoever dies and whoever joins', () => {
    assert(
      property(anyNetwork, anyFate, (wishes, fate) => {
        const network = new Network(wishes);
        for (const { after, isDeath } of fate) {
          run(network, after);
          if (isDeath) network.kill();
          else network.join(false);
        }
        run(network, mostSteps(wishes));
        expect(network.isDone).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('stores every piece once at everybody and takes every byte once', () => {
    assert(
      property(anyNetwork, (wishes) => {
        const network = new Network(wishes);
        run(network, mostSteps(wishes));
        for (const { stored, takenBytes } of network.leechers) {
          expect([...stored.values()]).toEqual(Array.from({ length: wishes.geometry.pieces }, () => 1));
          expect(takenBytes).toBe(wishes.geometry.imageBytes);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('loses and invents no byte', () => {
    assert(
      property(anyNetwork, anyFate, (wishes, fate) => {
        const network = new Network(wishes);
        for (const { after, isDeath } of fate) {
          run(network, after);
          if (isDeath) network.kill();
          const { handed, taken, thrownAway, lost } = network.bytes;
          expect(handed).toBe(taken + thrownAway + lost + network.bytesUnderWay());
        }
      }),
      { numRuns: 100 },
    );
  });

  it('throws away at most what the end game asks for twice and thrice', () => {
    assert(
      property(anyNetwork, (given) => {
        // Without the fast extension a choke voids what is on its way: that is thrown away, too.
        const wishes = { ...given, hasFast: true };
        const network = new Network(wishes);
        run(network, mostSteps(wishes));
        const { openPieces, leechers, slots } = wishes;
        const open = openPieces + 2;
        const most = 2 * leechers * Math.min(open, wishes.geometry.pieces, 4 * (slots + 1)) * PIECE;
        expect(network.bytes.thrownAway).toBeLessThanOrEqual(most);
      }),
      { numRuns: 100 },
    );
  });
});
