import { reject, requirePositive, requireWhole } from './domain.ts';
import { doublings } from './doubling.ts';

/** A swarm of equal links and equal pieces. */
export interface EqualSwarm {
  /** F: bytes that one machine has to receive. */
  readonly wireBytes: number;
  /** M: number of equal pieces. */
  readonly pieces: number;
  /** n: machines that receive, the seeder not counted. */
  readonly machines: number;
  /** b: upload rate of the seeder and of every machine [byte/s]. */
  readonly linkBps: number;
}

/** A swarm of equal links and unequal pieces. */
export interface UnequalPieces {
  /** F: bytes that one machine has to receive. */
  readonly wireBytes: number;
  /** s_min: the shortest piece [byte], which is mostly the last of the image. */
  readonly shortestPieceBytes: number;
  /** n: machines that receive, the seeder not counted. */
  readonly machines: number;
  /** b: upload rate of the seeder and of every machine [byte/s]. */
  readonly linkBps: number;
}

/**
 * Least number of slots of `s/b` in which n machines get M equal pieces: `M + floor(log2 n)`,
 * the same as `M - 1 + ceil(log2(n + 1))`.
 *
 * Source: J. Mundinger, R. Weber, G. Weiss, "Optimal scheduling of peer-to-peer file dissemination" (2008);
 * the same number in A. Bar-Noy, S. Kipnis, "Broadcasting multiple messages in simultaneous send/receive
 * systems" (1994).
 * Convention: the seeder is not counted in n; the slot count is that of the last machine.
 * @param machines n >= 1
 * @param pieces M >= 1
 * @throws RangeError where one of them is not a whole number >= 1
 */
export function mundingerSlots(machines: number, pieces: number): number {
  requireWhole({ machines, pieces });
  return pieces + doublings(machines);
}

/**
 * Least makespan [s] of n machines that get M equal pieces over equal links: `(F/b)(1 + floor(log2 n)/M)`.
 * It is reached by an optimal schedule. Source, convention and conditions: `mundingerSlots`, `pieceBoundS`.
 * @throws RangeError where a number is not a whole one >= 1 or a quantity is not positive
 */
export function mundingerS({ wireBytes, pieces, machines, linkBps }: EqualSwarm): number {
  requirePositive({ wireBytes, linkBps });
  return (mundingerSlots(machines, pieces) * (wireBytes / pieces)) / linkBps;
}

/**
 * Lower bound of the makespan [s] for pieces that are not all equal: `F/b + floor(log2 n) s_min/b`.
 * Where all pieces are equal it is `mundingerS`.
 *
 * Why not `s = F/M`: the seeder may keep a short piece for last, and then only that piece has to double.
 * F = 1.9 in pieces of 1 and 0.9, b = 1, n = 2, downloads unlimited: the long piece goes to the first machine
 * (0 to 1) and the short one to the second (1 to 1.9), each is passed on at once, and all is done at 2.8.
 * The textbook formula says 2.85 and so is no bound; this one says 2.8.
 *
 * Proof: let j be the piece whose first whole copy leaves the seeder last, at `t >= F/b`. The seeder's k-th
 * copy of j after that one is not whole before `F/b + k s_j/b`, and a machine's k-th copy not before `k s_j/b`
 * after its own, so the holders of j (seeder included) at most double in every `s_j/b` after `F/b`, from 2 on.
 *
 * Condition: every machine takes each piece from one source. Where the blocks of a piece come from several
 * sources the bound holds with the length of that smaller unit; a download limit of b does not save it
 * (M = 1, n = 4: the first machine done at 1, then it and the seeder feed the other three: 2.5 F/b, not 3).
 * Source: after Mundinger, Weber, Weiss (2008). Convention: the seeder is not counted in n.
 * @throws RangeError where n is not a whole number >= 1, a quantity is not positive, or s_min exceeds F
 */
export function pieceBoundS({ wireBytes, shortestPieceBytes, machines, linkBps }: UnequalPieces): number {
  requireWhole({ machines });
  requirePositive({ wireBytes, shortestPieceBytes, linkBps });
  if (shortestPieceBytes > wireBytes) {
    reject({ shortestPieceBytes, wireBytes }, 'a piece that is not longer than the image');
  }
  return (wireBytes + doublings(machines) * shortestPieceBytes) / linkBps;
}
