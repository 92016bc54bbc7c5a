import { RarestPicker } from '../../../../src/engine/swarm/policy/picker/rarest-picker.ts';
import { FixedPipeline } from '../../../../src/engine/swarm/policy/request-pipeline.ts';
import { Geometry } from '../../../../src/engine/swarm/torrent/geometry.ts';
import { EVERYTHING_HELD, NOTHING_HELD } from '../../../../src/engine/swarm/torrent/held-blocks.ts';
import type { SwarmEffect } from '../../../../src/engine/swarm/torrent/swarm-effect.ts';
import type { SwarmEvent } from '../../../../src/engine/swarm/torrent/swarm-event.ts';
import { type SwarmSettings, SwarmState } from '../../../../src/engine/swarm/torrent/swarm-state.ts';
import type { BlockAddress } from '../../../../src/engine/swarm/wire/message.ts';
import { RandomStream } from '../../../../src/sim/kernel/random-stream.ts';

/** Small blocks: the state machine counts bytes and sees none. */
export const BLOCK = 16;
export const BLOCKS = 4;
export const PIECE = BLOCKS * BLOCK;

/** A torrent of so many pieces; the last one may be short. */
export function aGeometry(pieces: number, lastBytes = PIECE): Geometry {
  return new Geometry((pieces - 1) * PIECE + lastBytes, PIECE, BLOCK);
}

/** What a torrent is to be begun with. */
export type SettingsWishes = Partial<SwarmSettings> & { readonly isSeed?: boolean };

/** Settings in which nothing but what a test is about gets in the way. */
export function someSettings({ isSeed = false, ...wishes }: SettingsWishes = {}): SwarmSettings {
  const { geometry = aGeometry(4), chance = new RandomStream(1, 'swarm') } = wishes;
  return {
    geometry,
    place: { site: '', salt: 0 },
    held: isSeed ? EVERYTHING_HELD : NOTHING_HELD,
    chance,
    picker: new RarestPicker(geometry.pieces, chance),
    dealer: undefined,
    superSeeder: undefined,
    choker: undefined,
    slots: 4,
    newPipeline: () => new FixedPipeline(1),
    openPieces: 8,
    askedBlocks: 64,
    loneBlocks: wishes.askedBlocks ?? 64,
    sources: 8,
    unsentBytes: 1000 * PIECE,
    patienceMs: 500,
    snubMs: 15_000,
    refusedMs: 30_000,
    unreadableMs: 15_000,
    ...wishes,
  };
}

/** What a neighbour is like when it joins. */
interface Arrival {
  readonly hasFast?: boolean;
  readonly has?: readonly number[] | 'everything';
  readonly isInterested?: boolean;
  readonly isDealer?: boolean;
}

/** One torrent of one peer, its neighbours played by the test. */
export class ATorrent {
  readonly state: SwarmState;
  readonly geometry: Geometry;
  /** All effects so far. */
  readonly effects: SwarmEffect[] = [];
  nowMs = 0;

  constructor(wishes: SettingsWishes = {}) {
    const settings = someSettings(wishes);
    this.geometry = settings.geometry;
    this.state = new SwarmState(settings);
  }

  /** @returns what the event brought about */
  tell(event: SwarmEvent): SwarmEffect[] {
    const effects = this.state.handle(event, this.nowMs);
    this.effects.push(...effects);
    return effects;
  }

  join(
    peer: number,
    { hasFast = true, has = [], isInterested = false, isDealer = false }: Arrival = {},
  ): SwarmEffect[] {
    const before = this.effects.length;
    this.tell({ kind: 'peerJoined', peer, hasFast });
    if (isDealer) this.tell({ kind: 'peerIntroduced', peer, site: '', isDealer, salt: 0 });
    if (has === 'everything') this.tell({ kind: 'everythingAnnounced', peer });
    else for (const piece of has) this.tell({ kind: 'pieceAnnounced', peer, piece });
    if (isInterested) this.tell({ kind: 'becameInterested', peer });
    return this.effects.slice(before);
  }

  /** Time goes on, in one step. */
  pass(ms: number): SwarmEffect[] {
    this.nowMs += ms;
    return this.tell({ kind: 'clockTicked' });
  }

  /** A neighbour asks for blocks of a piece, all of them unless said. */
  request(peer: number, piece: number, blocks = this.geometry.blocksOf(piece)): SwarmEffect[] {
    const before = this.effects.length;
    for (let block = 0; block < blocks; block++) {
      this.tell({ kind: 'blockRequested', peer, block: this.geometry.blockAt(piece, block) });
    }
    return this.effects.slice(before);
  }

  /** A block comes in as a whole. @returns undefined where it had no place */
  deliver(peer: number, block: BlockAddress): SwarmEffect[] {
    this.state.blockArrives(peer, block, this.nowMs);
    return this.tell({ kind: 'blockReceived', peer, block });
  }

  /** Everything in these effects that was asked of a neighbour comes in. */
  deliverAsked(peer: number, effects: readonly SwarmEffect[]): SwarmEffect[] {
    return requestsTo(effects, peer).flatMap((block) => this.deliver(peer, block));
  }
}

/** What a neighbour is told, in this order: kinds of messages, and `block`. */
export function toldTo(effects: readonly SwarmEffect[], peer: number): string[] {
  return effects.flatMap((effect) => {
    if (!('peer' in effect) || effect.peer !== peer) return [];
    if (effect.kind === 'sendMessage' || effect.kind === 'sendBehindBlocks') return [effect.message.kind];
    return [effect.kind === 'sendBlock' ? 'block' : effect.kind];
  });
}

/** Neighbours that are told this, in the order in which they are. */
export function whoIsTold(effects: readonly SwarmEffect[], kind: string): number[] {
  return effects.flatMap((effect) =>
    'peer' in effect && toldTo([effect], effect.peer).includes(kind) ? [effect.peer] : [],
  );
}

/** Blocks that a neighbour is asked for. */
export function requestsTo(effects: readonly SwarmEffect[], peer: number): BlockAddress[] {
  return addressesIn(effects, peer, 'request');
}

/** Addresses in messages of one kind to a neighbour. */
export function addressesIn(
  effects: readonly SwarmEffect[],
  peer: number,
  kind: 'request' | 'cancel' | 'reject',
): BlockAddress[] {
  return effects.flatMap((effect) => {
    if (effect.kind !== 'sendMessage' && effect.kind !== 'sendBehindBlocks') return [];
    if (effect.peer !== peer || effect.message.kind !== kind) return [];
    const { piece, begin, length } = effect.message;
    return [{ piece, begin, length }];
  });
}

/** Pieces that a neighbour is told of, one by one. */
export function havesTo(effects: readonly SwarmEffect[], peer: number): number[] {
  return effects.flatMap((effect) =>
    effect.kind === 'sendMessage' && effect.peer === peer && effect.message.kind === 'have'
      ? [effect.message.piece]
      : [],
  );
}
