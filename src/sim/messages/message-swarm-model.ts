import type { LinkModel } from '../deployment-model.ts';

/** A swarm of which every message is simulated. One seeder joins first and stays; so do all others when they are done. */
export interface MessageSwarmModel {
  /** Peers that want the image, beside the seeder. */
  readonly leechers: number;
  readonly pieces: number;
  readonly blocksPerPiece: number;
  readonly blockBytes: number;
  /** Blocks of a piece that one request asks for, and one piece message brings; a connection has one request at a time. */
  readonly blocksPerRequest: number;
  /** Of every peer; blocks share it, other messages pass beside them. */
  readonly link: LinkModel;
  /** Carries the blocks of all peers [byte/s]; Infinity for no limit. */
  readonly backboneBps: number;
  /** On the way of every message [s]. */
  readonly latencyS: number;
  /** Peers read what has arrived every so often [s], all at the same moments; 0 for at once. */
  readonly readEveryS: number;
  /** The tracker answers a peer every so often [s], the seeder first; 0 for all at once. */
  readonly joinEveryS: number;
  /** Peers that the tracker hands out at random, of those it knows. */
  readonly neighbours: number;
  readonly choker: MessageChokerModel;
  /** A choking round that long after a peer has joined [s], and then every so often [s]. */
  readonly firstRoundS: number;
  readonly roundS: number;
  /** An unchoke is used for one piece, or until the choke. */
  readonly unchokeLasts: 'onePiece' | 'untilChoke';
  /** Any piece is as good while fewer than this are held or asked for (Cohen 2003, section 2.4.3); then the rarest. */
  readonly randomFirst: number;
  /** When all missing pieces are asked for, they are asked for again elsewhere. */
  readonly hasEndgame: boolean;
}

/**
 * `rotation`: each round chokes one peer and unchokes one; see `rotation-choking.ts`.
 * `classic`: BEP 3, with so many slots; see `engine/swarm/policy/classic-choker.ts`.
 */
export type MessageChokerModel =
  | { readonly kind: 'rotation' }
  | { readonly kind: 'classic'; readonly slots: number };

/** Leaves room for the kind beside the block in one word of a message. */
const MOST_BLOCKS = 2 ** 27;

/** When a peer has the tracker's answer [s]. */
export function joinTimeOf({ joinEveryS, latencyS }: MessageSwarmModel, peer: number): number {
  return peer * joinEveryS + latencyS;
}

/** @throws RangeError that names the first field that makes no sense */
export function assertMessageSwarmModel(model: MessageSwarmModel): void {
  for (const field of [
    'leechers',
    'pieces',
    'blocksPerPiece',
    'blockBytes',
    'blocksPerRequest',
    'neighbours',
  ] as const)
    demand(
      field,
      model[field],
      Number.isSafeInteger(model[field]) && model[field] >= 1,
      'a whole number from 1 up',
    );
  const blocks = model.pieces * model.blocksPerPiece;
  demand('pieces times blocksPerPiece', blocks, blocks <= MOST_BLOCKS, `at most ${MOST_BLOCKS}`);
  for (const field of ['latencyS', 'readEveryS', 'joinEveryS', 'firstRoundS'] as const)
    demand(
      field,
      model[field],
      model[field] >= 0 && model[field] < Number.POSITIVE_INFINITY,
      'seconds from 0 up',
    );
  demand(
    'roundS',
    model.roundS,
    model.roundS > 0 && model.roundS < Number.POSITIVE_INFINITY,
    'seconds above 0',
  );
  const rates = {
    'link.upBps': model.link.upBps,
    'link.downBps': model.link.downBps,
    backboneBps: model.backboneBps,
  };
  for (const [field, rate] of Object.entries(rates)) demand(field, rate, rate > 0, 'a number above 0');
}

function demand(field: string, found: number, isAllowed: boolean, allowed: string): void {
  if (!isAllowed) throw new RangeError(`${field}: found ${found}, allowed is ${allowed}`);
}
