/**
 * Pipelines of machines, each of which passes on every piece as soon as it has it.
 * Source: S. Martin, T. Buchert, P. Willemet, O. Richard, E. Jeanvoine, L. Nussbaum, "Scalable and reliable
 * data broadcast with Kascade" (2014) for the chain; both formulas count the slots of a filled pipeline. The first piece
 * takes each hop one after the other, and all others follow without a gap, a shorter last one too.
 * Convention: the source is not counted in n, and it is the head of the chain or the root of the tree; a rate of
 * Infinity is no limit.
 */
import { requireNonNegative, requirePositive, requireRate, requireWhole } from './domain.ts';

/** Source, first machine, second machine, ... in one line. */
export interface Chain {
  /** F: bytes that one machine has to receive. */
  readonly wireBytes: number;
  /** s: piece length [byte]; the last piece may be shorter, and an image shorter than that is one piece of its own length. */
  readonly pieceBytes: number;
  /** n: machines that receive. */
  readonly machines: number;
  /** b: rate of the slowest hop [byte/s]; it governs everyone behind it. */
  readonly linkBps: number;
  /** L: time to set up one hop [s]; the hop from the source is set up before time 0. Default 0. */
  readonly hopSetUpS?: number;
}

/** The source serves k machines, each of which serves k more. */
export interface Tree {
  /** F: bytes that one machine has to receive. */
  readonly wireBytes: number;
  /** s: piece length [byte]; the last piece may be shorter, and an image shorter than that is one piece of its own length. */
  readonly pieceBytes: number;
  /** n: machines that receive. */
  readonly machines: number;
  /** b: upload rate of every machine [byte/s]; each child gets b/k, also where the last machines have fewer than k. */
  readonly linkBps: number;
  /** k: children of a machine, 2 or more, and no more than n; for 1 use the chain. */
  readonly children: number;
}

/**
 * Makespan [s] of a chain: `F/b + (n - 1)(s/b + L)`; of M equal pieces `(F/b)(1 + (n - 1)/M) + (n - 1) L`.
 * @throws RangeError where a size, rate, time or number is out of range
 */
export function chainS({ wireBytes, pieceBytes, machines, linkBps, hopSetUpS = 0 }: Chain): number {
  requirePositive({ wireBytes, pieceBytes });
  requireRate({ linkBps });
  requireWhole({ machines });
  requireNonNegative({ hopSetUpS });
  const hopS = Math.min(pieceBytes, wireBytes) / linkBps + hopSetUpS;
  return wireBytes / linkBps + (machines - 1) * hopS;
}

/**
 * Hops from the source to the last of n machines in a k-ary tree: `h = ceil(log_k(n (k - 1)/k + 1))`.
 * Counted level by level, `k + k^2 + ... + k^h >= n`, since the logarithm rounds.
 * @param machines n >= 1, the source not counted
 * @param children k >= 2
 * @throws RangeError where a number is out of range
 */
export function treeDepth(machines: number, children: number): number {
  requireWhole({ machines });
  requireWhole({ children }, 2);
  let depth = 1;
  for (let level = children, reached = level; reached < machines; reached += level) {
    level *= children;
    depth += 1;
  }
  return depth;
}

/**
 * Makespan [s] of a k-ary tree of depth h: `(k/b)(F + (h - 1) s)`; of M equal pieces `(F k/b)(1 + (h - 1)/M)`.
 * @throws RangeError where a size, rate or number is out of range
 */
export function treeS({ wireBytes, pieceBytes, machines, linkBps, children }: Tree): number {
  requirePositive({ wireBytes, pieceBytes });
  requireRate({ linkBps });
  const depth = treeDepth(machines, children);
  return (children / linkBps) * (wireBytes + (depth - 1) * Math.min(pieceBytes, wireBytes));
}
