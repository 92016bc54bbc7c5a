import { assert, integer, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chainS, treeDepth, treeS } from '../../../src/sim/theory/chain.ts';
import { mundingerS } from '../../../src/sim/theory/mundinger.ts';

const swarms = record({
  wireBytes: integer({ min: 1, max: 1e9 }),
  pieces: integer({ min: 1, max: 10_000 }),
  machines: integer({ min: 1, max: 5000 }),
  linkBps: integer({ min: 1, max: 1e9 }),
});

/** The length of one of the equal pieces of a swarm. */
const piecesOf = <Swarm extends { wireBytes: number; pieces: number }>(swarm: Swarm) => ({
  ...swarm,
  pieceBytes: swarm.wireBytes / swarm.pieces,
});

/** When each machine of a chain has each piece, hop by hop: a piece leaves once it is there and the link is free. */
function lastPieceS(piecesS: readonly number[], machines: number): number {
  let arrivals = piecesS.map(() => 0);
  for (let hop = 0; hop < machines; hop += 1) {
    let freeAt = 0;
    arrivals = arrivals.map((here, piece) => {
      freeAt = Math.max(here, freeAt) + piecesS[piece]!;
      return freeAt;
    });
  }
  return arrivals.at(-1)!;
}

describe('chain', () => {
  it('is F/b plus one piece time for every hop after the first', () => {
    const chain = { wireBytes: 18e9, pieceBytes: 18e6, machines: 21, linkBps: 12.5e6 };
    expect(chainS(chain)).toBeCloseTo(1440 * 1.02, 9);
    expect(chainS({ ...chain, hopSetUpS: 2 })).toBeCloseTo(1440 * 1.02 + 40, 9);
  });

  it('is the pipeline followed piece by piece, the last of which may be short', () => {
    const pipelines = record({
      wireBytes: integer({ min: 1, max: 400 }),
      pieceBytes: integer({ min: 1, max: 50 }),
      machines: integer({ min: 1, max: 50 }),
    });
    assert(
      property(pipelines, ({ wireBytes, pieceBytes, machines }) => {
        const whole = Math.floor(wireBytes / pieceBytes);
        const lengths = [...Array<number>(whole).fill(pieceBytes), wireBytes - whole * pieceBytes];
        const formula = chainS({ wireBytes, pieceBytes, machines, linkBps: 1 });
        expect(formula).toBeCloseTo(lastPieceS(lengths, machines), 9);
      }),
    );
  });

  it('is never below Mundinger and grows with the machines', () => {
    assert(
      property(swarms, (swarm) => {
        expect(chainS(piecesOf(swarm))).toBeGreaterThanOrEqual(mundingerS(swarm) * (1 - 1e-12));
        const longer = { ...swarm, machines: swarm.machines + 1 };
        expect(chainS(piecesOf(longer))).toBeGreaterThan(chainS(piecesOf(swarm)));
      }),
    );
  });
});

describe('k-ary tree', () => {
  it('holds k + k^2 + ... + k^h machines, also where the logarithm rounds', () => {
    for (let children = 2; children <= 9; children += 1) {
      let full = 0;
      for (let depth = 1; full < 1e6; depth += 1) {
        full += children ** depth;
        expect(treeDepth(full, children)).toBe(depth);
        expect(treeDepth(full + 1, children)).toBe(depth + 1);
      }
    }
  });

  it('has depth ceil(log_k(n (k - 1)/k + 1))', () => {
    const trees = record({ machines: integer({ min: 1, max: 1e6 }), children: integer({ min: 2, max: 20 }) });
    assert(
      property(trees, ({ machines, children }) => {
        const exponent = Math.log((machines * (children - 1)) / children + 1) / Math.log(children);
        expect(treeDepth(machines, children)).toBe(Math.ceil(exponent - 1e-9));
      }),
    );
  });

  it('takes k times as long per piece and h - 1 pieces more', () => {
    const tree = { wireBytes: 60, pieceBytes: 6, machines: 14, linkBps: 1, children: 2 };
    expect(treeS(tree)).toBeCloseTo(120 * 1.2, 12);
    expect(treeS({ ...tree, wireBytes: 57 })).toBeCloseTo(2 * 57 + 2 * 12, 12);
  });

  it('is never below Mundinger', () => {
    const children = integer({ min: 2, max: 8 });
    assert(
      property(swarms, children, (swarm, k) => {
        expect(treeS({ ...piecesOf(swarm), children: k })).toBeGreaterThanOrEqual(
          mundingerS(swarm) * (1 - 1e-12),
        );
      }),
    );
  });
});
