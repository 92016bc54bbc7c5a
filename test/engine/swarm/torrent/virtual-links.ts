import { RarestPicker } from '../../../../src/engine/swarm/policy/picker/rarest-picker.ts';
import { PieceDealer } from '../../../../src/engine/swarm/policy/piece-dealer.ts';
import { Geometry } from '../../../../src/engine/swarm/torrent/geometry.ts';
import { eventOf } from '../../../../src/engine/swarm/torrent/message-event.ts';
import type { SwarmEffect } from '../../../../src/engine/swarm/torrent/swarm-effect.ts';
import type { SwarmEvent } from '../../../../src/engine/swarm/torrent/swarm-event.ts';
import { SwarmState } from '../../../../src/engine/swarm/torrent/swarm-state.ts';
import type { BlockAddress, Message } from '../../../../src/engine/swarm/wire/message.ts';
import { RandomStream } from '../../../../src/sim/kernel/random-stream.ts';
import { Simulation } from '../../../../src/sim/kernel/simulation.ts';

/** A swarm on virtual links: every peer has one link each way, messages take the delay, blocks also their time on the links. */
export interface VirtualSwarm {
  readonly machines: number;
  readonly pieces: number;
  readonly pieceBytes: number;
  /** Bytes per second of every link; the first `slow` machines have a fifth of it. */
  readonly rateBps: number;
  readonly slow: number;
  /** One-way delay [s]. */
  readonly delayS: number;
  readonly unsentBytes: number;
  readonly sources: number;
  readonly randomSeed: number;
}

/** Times and bytes over those of one copy: 1 is the bound. */
export interface VirtualResult {
  /** By machine. */
  readonly doneAt: readonly number[];
  readonly serverCopies: number;
  readonly messages: number;
}

const BLOCK_BYTES = 16_384;
const TICK_S = 0.1;
/** Bytes on their way between two peers at a time, as a TCP window would have it. */
const WINDOW_BYTES = 131_072;
/** Time to hash a piece and to write it. */
const STORE_S = 0.0005;

/** Runs the real state machines until every machine has everything. */
export function runVirtualSwarm(wishes: Partial<VirtualSwarm> & { machines: number }): VirtualResult {
  const pieceBytes = wishes.pieceBytes ?? 262_144;
  const swarm: VirtualSwarm = {
    pieces: 256,
    pieceBytes,
    rateBps: 3.125e6,
    slow: 0,
    delayS: 0.001,
    unsentBytes: Math.max(BLOCK_BYTES, pieceBytes / 16),
    sources: 5,
    randomSeed: 1,
    ...wishes,
  };
  const simulation = new Simulation();
  const chance = new RandomStream(swarm.randomSeed, 'swarm');
  const peers: VirtualPeer[] = [];
  const net: Net = { swarm, simulation, peers, messages: 0 };
  for (let number = 0; number <= swarm.machines; number++) peers.push(new VirtualPeer(number, net, chance));
  for (const peer of peers) peer.meetAll();
  const tick = (): void => {
    for (const peer of peers) peer.handle({ kind: 'clockTicked' });
    if (peers.some(({ isDone }) => !isDone)) simulation.after(TICK_S, tick);
  };
  simulation.after(TICK_S, tick);
  simulation.run();
  const imageBytes = swarm.pieces * swarm.pieceBytes;
  const copyS = imageBytes / swarm.rateBps;
  return {
    doneAt: peers.slice(1).map(({ doneAtS }) => doneAtS / copyS),
    serverCopies: peers[0]!.sentBytes / imageBytes,
    messages: net.messages,
  };
}

interface Net {
  readonly swarm: VirtualSwarm;
  readonly simulation: Simulation;
  readonly peers: VirtualPeer[];
  messages: number;
}

type Waiting = { readonly block: BlockAddress } | { readonly message: Message };

/** What waits on one connection, in its order, and what is on its way. */
interface Stream {
  readonly to: number;
  readonly waiting: Waiting[];
  underWayBytes: number;
}

/** One direction of a link: blocks pass one after the other. */
class Lane {
  readonly #net: Net;
  readonly #rateBps: number;
  #freeAtS = 0;

  constructor(net: Net, rateBps: number) {
    this.#net = net;
    this.#rateBps = rateBps;
  }

  pass(bytes: number, onPassed: () => void): void {
    const { simulation } = this.#net;
    this.#freeAtS = Math.max(this.#freeAtS, simulation.now) + bytes / this.#rateBps;
    simulation.after(this.#freeAtS - simulation.now, onPassed);
  }
}

class VirtualPeer {
  readonly number: number;
  sentBytes = 0;
  doneAtS = 0;
  isDone: boolean;
  #isSending = false;
  readonly #net: Net;
  readonly #state: SwarmState;
  readonly #up: Lane;
  readonly #down: Lane;
  /** Streams with something waiting, in turn. */
  #streams: Stream[] = [];
  readonly #streamTo = new Map<number, Stream>();

  constructor(number: number, net: Net, chance: RandomStream) {
    const { pieces, pieceBytes, unsentBytes, sources, slow, rateBps } = net.swarm;
    const isSeed = number === 0;
    this.number = number;
    this.isDone = isSeed;
    this.#net = net;
    const ownRateBps = !isSeed && number <= slow ? rateBps / 5 : rateBps;
    this.#up = new Lane(net, ownRateBps);
    this.#down = new Lane(net, ownRateBps);
    this.#state = new SwarmState({
      geometry: new Geometry(pieces * pieceBytes, pieceBytes, BLOCK_BYTES),
      isSeed,
      chance,
      picker: new RarestPicker(pieces, chance),
      dealer: isSeed ? new PieceDealer(pieces) : undefined,
      slots: isSeed ? 5 : 4,
      sources,
      openPieces: pieces,
      askedBlocks: 256,
      unsentBytes,
      patienceMs: 500,
      snubMs: 15_000,
    });
  }

  meetAll(): void {
    for (const { number } of this.#net.peers) {
      if (number !== this.number) this.handle({ kind: 'peerJoined', peer: number, hasFast: true });
    }
  }

  handle(event: SwarmEvent): void {
    const { now } = this.#net.simulation;
    for (const effect of this.#state.handle(event, now * 1000)) this.#do(effect);
  }

  #do(effect: SwarmEffect): void {
    switch (effect.kind) {
      case 'sendMessage':
        return this.#say(effect.peer, effect.message);
      case 'sendBehindBlocks':
        return this.#queue(effect.peer, { message: effect.message });
      case 'sendBlock':
        return this.#queue(effect.peer, { block: effect.block });
      case 'checkPiece':
        return this.#after(STORE_S, () => this.handle({ kind: 'pieceStored', piece: effect.piece }));
      case 'finish':
        this.isDone = true;
        this.doneAtS = this.#net.simulation.now;
        return;
      case 'dropPeer':
        throw new Error(`peer ${this.number} drops ${effect.peer}: ${effect.reason}`);
    }
  }

  #after(delayS: number, action: () => void): void {
    this.#net.simulation.after(delayS, action);
  }

  #say(to: number, message: Message): void {
    this.#net.messages++;
    this.#after(this.#net.swarm.delayS, () => {
      const event = eventOf(this.number, message);
      if (event) this.#net.peers[to]!.handle(event);
    });
  }

  #queue(to: number, item: Waiting): void {
    const stream: Stream = this.#streamTo.get(to) ?? { to, waiting: [], underWayBytes: 0 };
    this.#streamTo.set(to, stream);
    stream.waiting.push(item);
    if (!this.#streams.includes(stream)) this.#streams.push(stream);
    this.#after(0, () => this.#serve());
  }

  /** The uplink takes one block after the other, from each stream in turn. */
  #serve(): void {
    while (!this.#isSending) {
      const stream = this.#streams.find(({ underWayBytes }) => underWayBytes < WINDOW_BYTES);
      const item = stream?.waiting.shift();
      if (!stream || !item) return;
      this.#streams = this.#streams.filter((other) => other !== stream);
      if (stream.waiting.length > 0) this.#streams.push(stream);
      if ('message' in item) this.#say(stream.to, item.message);
      else this.#send(stream, item.block);
    }
  }

  #send(stream: Stream, block: BlockAddress): void {
    stream.underWayBytes += block.length;
    this.#isSending = true;
    this.#up.pass(block.length, () => {
      this.#isSending = false;
      this.sentBytes += block.length;
      this.#after(this.#net.swarm.delayS, () => this.#net.peers[stream.to]!.#take(this, stream, block));
      this.handle({ kind: 'blockSent', peer: stream.to, bytes: block.length });
      this.#serve();
    });
  }

  #take(from: VirtualPeer, stream: Stream, block: BlockAddress): void {
    this.#down.pass(block.length, () => {
      this.#state.blockArrives(from.number, block);
      this.handle({ kind: 'blockReceived', peer: from.number, block });
      this.#after(this.#net.swarm.delayS, () => {
        stream.underWayBytes -= block.length;
        from.#serve();
      });
    });
  }
}
