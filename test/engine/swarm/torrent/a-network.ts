import { PieceDealer } from '../../../../src/engine/swarm/policy/piece-dealer.ts';
import { SuperSeeder } from '../../../../src/engine/swarm/policy/super-seeder.ts';
import type { SwarmPolicies } from '../../../../src/engine/swarm/swarm-client.ts';
import type { Geometry } from '../../../../src/engine/swarm/torrent/geometry.ts';
import { eventOf } from '../../../../src/engine/swarm/torrent/message-event.ts';
import type { SwarmEffect } from '../../../../src/engine/swarm/torrent/swarm-effect.ts';
import type { SwarmEvent } from '../../../../src/engine/swarm/torrent/swarm-event.ts';
import { SwarmState } from '../../../../src/engine/swarm/torrent/swarm-state.ts';
import type { BlockAddress, Message } from '../../../../src/engine/swarm/wire/message.ts';
import { RandomStream } from '../../../../src/sim/kernel/random-stream.ts';
import { someSettings } from './a-torrent.ts';

type Parcel = { readonly message: Message } | { readonly block: BlockAddress };

/** One direction of a connection: what waits behind blocks at the sender, and what is under way, each in its order. */
interface Line {
  readonly from: Peer;
  readonly to: Peer;
  readonly waiting: Parcel[];
  readonly underWay: Parcel[];
  /** A block that is coming in, and whether it was given a place. */
  arriving: { readonly block: BlockAddress; readonly isTaken: boolean } | undefined;
}

interface Peer {
  readonly number: number;
  readonly state: SwarmState;
  readonly isSeed: boolean;
  readonly checking: number[];
  readonly stored: Map<number, number>;
  /** Bytes that were given a place. */
  takenBytes: number;
  /** Bytes by piece. */
  readonly incoming: Map<number, number>;
  isFinished: boolean;
}

/** What a network is like. */
export interface NetworkWishes {
  readonly geometry: Geometry;
  readonly randomSeed: number;
  readonly leechers: number;
  readonly hasFast: boolean;
  readonly seeder: SwarmPolicies['seeder'];
  readonly slots: number;
  readonly openPieces: number;
  readonly askedBlocks: number;
  readonly unsentBytes: number;
  /** Places where the peers are, in turn; with one there is no going from site to site. */
  readonly sites: number;
}

/**
 * Torrents connected each to each, with nothing but their own effects between them. What is delivered next, which block
 * leaves next, and which piece is stored next is left to chance; only the order on one connection is kept, as TCP does.
 */
export class Network {
  readonly #wishes: NetworkWishes;
  readonly #chance: RandomStream;
  readonly #peers = new Map<number, Peer>();
  readonly #lines: Line[] = [];
  #nowMs = 0;
  #nextPeer = 1;
  /** Bytes of blocks that were handed over; came in and had a place; came in and had none; went down with a peer. */
  readonly bytes = { handed: 0, taken: 0, thrownAway: 0, lost: 0 };

  constructor(wishes: NetworkWishes) {
    this.#wishes = wishes;
    this.#chance = new RandomStream(wishes.randomSeed, 'swarm');
    this.join(true);
    for (let leecher = 0; leecher < wishes.leechers; leecher++) this.join(false);
  }

  get leechers(): Peer[] {
    return [...this.#peers.values()].filter(({ isSeed }) => !isSeed);
  }

  get isDone(): boolean {
    return this.leechers.every(({ isFinished }) => isFinished);
  }

  join(isSeed: boolean): void {
    const { geometry, seeder, slots, openPieces, askedBlocks, unsentBytes } = this.#wishes;
    const place = this.#placeOf(this.#nextPeer);
    const chance = new RandomStream(this.#wishes.randomSeed + this.#nextPeer, 'swarm');
    const { pieces } = geometry;
    const policies = {
      dealer: isSeed && seeder === 'dealing' ? new PieceDealer(pieces) : undefined,
      superSeeder: isSeed && seeder === 'superseed' ? new SuperSeeder(pieces, chance) : undefined,
    };
    const limits = { slots, sources: Math.max(1, slots), openPieces, askedBlocks, unsentBytes };
    const peer: Peer = {
      number: this.#nextPeer++,
      state: new SwarmState(someSettings({ geometry, place, isSeed, chance, ...policies, ...limits })),
      isSeed,
      checking: [],
      stored: new Map(),
      takenBytes: 0,
      incoming: new Map(),
      isFinished: false,
    };
    for (const other of [...this.#peers.values()]) this.#connect(other, peer);
    this.#peers.set(peer.number, peer);
    for (const other of [...this.#peers.values()]) {
      if (other === peer) continue;
      this.#tell(other, { kind: 'peerJoined', peer: peer.number, hasFast: this.#wishes.hasFast });
      this.#tell(peer, { kind: 'peerJoined', peer: other.number, hasFast: this.#wishes.hasFast });
      this.#introduce(peer, other);
      this.#introduce(other, peer);
    }
  }

  /** A leecher dies, and all that is under way to it and from it with it. */
  kill(): void {
    const peer = this.#oneOf(this.leechers);
    if (!peer) return;
    this.#peers.delete(peer.number);
    for (const line of this.#lines.splice(0)) {
      if (line.from !== peer && line.to !== peer) this.#lines.push(line);
      else this.bytes.lost += bytesOn(line);
    }
    for (const other of this.#peers.values()) this.#tell(other, { kind: 'peerLeft', peer: peer.number });
  }

  /** One thing happens, or time goes on where nothing else can. */
  step(): void {
    const deeds: (() => void)[] = [];
    for (const line of this.#lines) {
      if (line.waiting.length > 0) deeds.push(() => this.#leave(line));
      if (line.arriving || line.underWay.length > 0) deeds.push(() => this.#arrive(line));
    }
    for (const peer of this.#peers.values())
      if (peer.checking.length > 0) deeds.push(() => this.#store(peer));
    const deed = this.#oneOf(deeds);
    if (deed) deed();
    if (deed && this.#chance.below(200) > 0) return;
    this.#nowMs += 100;
    for (const peer of this.#peers.values()) this.#tell(peer, { kind: 'clockTicked' });
  }

  /** Bytes of blocks that are neither here nor there. */
  bytesUnderWay(): number {
    return this.#lines.reduce((sum, line) => sum + bytesOn(line), 0);
  }

  #placeOf(number: number): { readonly site: string; readonly salt: number } {
    const { sites } = this.#wishes;
    return { site: sites > 1 ? `site ${number % sites}` : '', salt: number };
  }

  #introduce({ number, isSeed }: Peer, to: Peer): void {
    const isDealer = isSeed && this.#wishes.seeder === 'dealing';
    this.#tell(to, { kind: 'peerIntroduced', peer: number, ...this.#placeOf(number), isDealer });
  }

  #connect(a: Peer, b: Peer): void {
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      this.#lines.push({ from, to, waiting: [], underWay: [], arriving: undefined });
    }
  }

  #leave(line: Line): void {
    const parcel = line.waiting.shift()!;
    line.underWay.push(parcel);
    if ('block' in parcel) {
      const bytes = parcel.block.length;
      this.#tell(line.from, { kind: 'blockSent', peer: line.to.number, bytes });
    }
    // What goes behind blocks does not wait for anything when none is in front of it.
    while (line.waiting[0] && 'message' in line.waiting[0]) line.underWay.push(line.waiting.shift()!);
  }

  #arrive(line: Line): void {
    const { from, to, arriving } = line;
    if (arriving) {
      line.arriving = undefined;
      if (arriving.isTaken) this.bytes.taken += arriving.block.length;
      else this.bytes.thrownAway += arriving.block.length;
      if (arriving.isTaken) this.#count(to, arriving.block);
      return this.#tell(to, { kind: 'blockReceived', peer: from.number, block: arriving.block });
    }
    const parcel = line.underWay.shift()!;
    if ('message' in parcel) {
      const event = eventOf(from.number, parcel.message);
      if (event) this.#tell(to, event);
    } else {
      const isTaken = to.state.blockArrives(from.number, parcel.block, this.#nowMs);
      line.arriving = { block: parcel.block, isTaken };
    }
  }

  #count(peer: Peer, { piece, length }: BlockAddress): void {
    peer.takenBytes += length;
    peer.incoming.set(piece, (peer.incoming.get(piece) ?? 0) + length);
  }

  #abandon(peer: Peer, piece: number): void {
    const bytes = peer.incoming.get(piece) ?? 0;
    peer.incoming.delete(piece);
    peer.takenBytes -= bytes;
    this.bytes.taken -= bytes;
    this.bytes.thrownAway += bytes;
  }

  #store(peer: Peer): void {
    const [piece] = peer.checking.splice(this.#chance.below(peer.checking.length), 1);
    peer.stored.set(piece!, (peer.stored.get(piece!) ?? 0) + 1);
    this.#tell(peer, { kind: 'pieceStored', piece: piece! });
  }

  #tell(peer: Peer, event: SwarmEvent): void {
    for (const effect of peer.state.handle(event, this.#nowMs)) this.#do(peer, effect);
  }

  #do(peer: Peer, effect: SwarmEffect): void {
    if (effect.kind === 'checkPiece') {
      peer.checking.push(effect.piece);
      return;
    }
    if (effect.kind === 'abandonPiece') return this.#abandon(peer, effect.piece);
    if (effect.kind === 'finish') {
      peer.isFinished = true;
      return;
    }
    if (effect.kind === 'dropPeer')
      throw new Error(`peer ${peer.number} drops ${effect.peer}: ${effect.reason}`);
    const line = this.#lines.find(({ from, to }) => from === peer && to.number === effect.peer);
    if (!line) throw new Error(`${effect.kind} to a peer that is not there`);
    if (effect.kind === 'sendMessage') line.underWay.push({ message: effect.message });
    else if (effect.kind === 'sendBlock') {
      this.bytes.handed += effect.block.length;
      line.waiting.push({ block: effect.block });
    } else if (line.waiting.length > 0) line.waiting.push({ message: effect.message });
    else line.underWay.push({ message: effect.message });
  }

  #oneOf<T>(items: readonly T[]): T | undefined {
    return items.length === 0 ? undefined : items[this.#chance.below(items.length)];
  }
}

function bytesOn({ waiting, underWay, arriving }: Line): number {
  return [...waiting, ...underWay, ...(arriving ? [arriving] : [])].reduce(
    (sum, parcel) => sum + ('block' in parcel ? parcel.block.length : 0),
    0,
  );
}
