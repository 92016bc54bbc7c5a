import { ClassicChoker } from '../../../../src/engine/swarm/policy/classic-choker.ts';
import { RarestPicker } from '../../../../src/engine/swarm/policy/picker/rarest-picker.ts';
import { PieceDealer } from '../../../../src/engine/swarm/policy/piece-dealer.ts';
import { FixedPipeline, MeasuredPipeline } from '../../../../src/engine/swarm/policy/request-pipeline.ts';
import { SuperSeeder } from '../../../../src/engine/swarm/policy/super-seeder.ts';
import type { SwarmPolicies } from '../../../../src/engine/swarm/swarm-client.ts';
import { askedBlocksOf } from '../../../../src/engine/swarm/swarm-settings.ts';
import { Geometry } from '../../../../src/engine/swarm/torrent/geometry.ts';
import { EVERYTHING_HELD, NOTHING_HELD } from '../../../../src/engine/swarm/torrent/held-blocks.ts';
import { eventOf } from '../../../../src/engine/swarm/torrent/message-event.ts';
import type { SwarmEffect } from '../../../../src/engine/swarm/torrent/swarm-effect.ts';
import type { SwarmEvent } from '../../../../src/engine/swarm/torrent/swarm-event.ts';
import { SwarmState } from '../../../../src/engine/swarm/torrent/swarm-state.ts';
import type { BlockAddress, Message } from '../../../../src/engine/swarm/wire/message.ts';
import { RandomStream } from '../../../../src/sim/kernel/random-stream.ts';
import { Simulation } from '../../../../src/sim/kernel/simulation.ts';
import { Connection, FairQueues, type NetworkConditions, OneQueue, type Port } from './virtual-host.ts';

/** A swarm of virtual hosts: every host has a port each way, where all that it sends or receives waits in turn. */
export interface VirtualSwarm {
  readonly machines: number;
  /** Servers, all alike, that have everything. */
  readonly servers: number;
  readonly pieces: number;
  readonly pieceBytes: number;
  /** Bytes per second of every link, but for those of the first `slow` machines, which have a share of it. */
  readonly rateBps: number;
  readonly slow: number;
  readonly slowShare: number;
  /** Rate of the server's link and of the machines' uplinks, over that of the machines' downlinks. */
  readonly serverShare: number;
  readonly upShare: number;
  readonly conditions: NetworkConditions;
  /** Whether what a host sends queues by host, as in the lab of network namespaces, or all in one queue. */
  readonly isFair: boolean;
  readonly unsentBytes: number;
  readonly sources: number;
  readonly seeder: SwarmPolicies['seeder'];
  readonly choker: SwarmPolicies['choker'];
  readonly pipeline: SwarmPolicies['pipeline'];
  readonly randomSeed: number;
}

/** Times and bytes over those of one copy: 1 is the bound. */
export interface VirtualResult {
  /** By machine. */
  readonly doneAt: readonly number[];
  readonly serverCopies: number;
  /** The same by server. */
  readonly copiesByServer: readonly number[];
  readonly messages: number;
  /** Blocks, with what was said before them in the same turn, and what was said in other turns. */
  readonly packets: number;
}

/** Hardly any delay. */
export const QUICK: NetworkConditions = {
  delayS: 0.0001,
  wakeS: 0.001,
  portBytes: 32_768,
  windowBytes: 131_072,
  socketBytes: 16_384,
};

/** What the lab of network namespaces is like, where twenty machines share two processors. */
export const LAB: NetworkConditions = {
  delayS: 0.0001,
  wakeS: 0.008,
  portBytes: 131_072,
  windowBytes: 262_144,
  socketBytes: 131_072,
};

const BLOCK_BYTES = 16_384;
const TICK_S = 0.1;
/** Time to hash a piece and to write it. */
const STORE_S = 0.003;
const MESSAGE_BYTES = 17;
/** A swarm that is not done by then never will be. */
const LONGEST_S = 1000;

/** Runs the real state machines until every machine has everything. */
export function runVirtualSwarm(wishes: Partial<VirtualSwarm> & { machines: number }): VirtualResult {
  const pieceBytes = wishes.pieceBytes ?? 262_144;
  const swarm: VirtualSwarm = {
    servers: 1,
    pieces: 256,
    pieceBytes,
    rateBps: 3.125e6,
    serverShare: 1,
    upShare: 1,
    slow: 0,
    slowShare: 1 / 5,
    conditions: QUICK,
    isFair: false,
    unsentBytes: Math.max(BLOCK_BYTES, pieceBytes / 16),
    sources: 4,
    seeder: 'dealing',
    choker: 'grants',
    pipeline: 'shared',
    randomSeed: 1,
    ...wishes,
  };
  const simulation = new Simulation();
  const chance = new RandomStream(swarm.randomSeed, 'swarm');
  const peers: VirtualPeer[] = [];
  const net: Net = {
    swarm,
    simulation,
    conditions: swarm.conditions,
    peers,
    chance,
    messages: 0,
    packets: 0,
  };
  for (let number = 0; number < swarm.servers + swarm.machines; number++)
    peers.push(new VirtualPeer(number, net));
  for (const peer of peers) peer.meetAll();
  const tick = (): void => {
    for (const peer of peers) peer.handle({ kind: 'clockTicked' });
    if (simulation.now < LONGEST_S && peers.some(({ isDone }) => !isDone)) simulation.after(TICK_S, tick);
  };
  simulation.after(TICK_S, tick);
  simulation.run();
  const imageBytes = swarm.pieces * swarm.pieceBytes;
  const copyS = imageBytes / swarm.rateBps;
  const copiesByServer = peers.slice(0, swarm.servers).map(({ sentBytes }) => sentBytes / imageBytes);
  return {
    doneAt: peers.slice(swarm.servers).map(({ doneAtS }) => doneAtS / copyS),
    serverCopies: copiesByServer.reduce((sum, copies) => sum + copies),
    copiesByServer,
    messages: net.messages,
    packets: net.packets,
  };
}

interface Net {
  readonly swarm: VirtualSwarm;
  readonly simulation: Simulation;
  readonly conditions: NetworkConditions;
  readonly peers: VirtualPeer[];
  readonly chance: RandomStream;
  messages: number;
  packets: number;
}

/** What was said to one peer in one turn, up to a block and with it, goes out together. */
interface Content {
  readonly messages: readonly Message[];
  readonly block: BlockAddress | undefined;
}

class VirtualPeer {
  readonly number: number;
  readonly up: Port;
  readonly down: Port;
  sentBytes = 0;
  doneAtS = 0;
  isDone: boolean;
  readonly #net: Net;
  readonly #state: SwarmState;
  readonly #lines = new Map<number, Connection<Content>>();
  /** What has arrived and the program has not looked at. */
  #inbox: (() => void)[] = [];
  /** What has been said in this turn, by peer. */
  readonly #said = new Map<number, Message[]>();

  constructor(number: number, net: Net) {
    const { pieces, pieceBytes, unsentBytes, sources, slow, rateBps, seeder, choker, pipeline } = net.swarm;
    const { serverShare, upShare, slowShare, servers } = net.swarm;
    const isSeed = number < servers;
    const dealerChance = servers > 1 ? net.chance : undefined;
    this.number = number;
    this.isDone = isSeed;
    this.#net = net;
    const ownRateBps = isSeed
      ? rateBps * serverShare
      : number < servers + slow
        ? rateBps * slowShare
        : rateBps;
    const UpPort = net.swarm.isFair ? FairQueues : OneQueue;
    this.up = new UpPort(net.simulation, isSeed ? ownRateBps : ownRateBps * upShare);
    this.down = new OneQueue(net.simulation, ownRateBps);
    const geometry = new Geometry(pieces * pieceBytes, pieceBytes, BLOCK_BYTES);
    this.#state = new SwarmState({
      geometry,
      place: { site: '', salt: number },
      held: isSeed ? EVERYTHING_HELD : NOTHING_HELD,
      chance: net.chance,
      picker: new RarestPicker(pieces, net.chance),
      dealer: isSeed && seeder === 'dealing' ? new PieceDealer(pieces, dealerChance) : undefined,
      superSeeder: isSeed && seeder === 'superseed' ? new SuperSeeder(pieces, net.chance) : undefined,
      choker: choker === 'classic' ? new ClassicChoker(isSeed ? 5 : 4, net.chance) : undefined,
      newPipeline: () =>
        pipeline === 'shared'
          ? new FixedPipeline(1)
          : new MeasuredPipeline({ blockBytes: BLOCK_BYTES, least: 1, most: 1024 }),
      slots: isSeed ? 5 : 4,
      sources,
      openPieces: pieces,
      ...askedBlocksOf(geometry),
      unsentBytes,
      patienceMs: 500,
      snubMs: 15_000,
      refusedMs: 30_000,
      unreadableMs: 15_000,
    });
  }

  meetAll(): void {
    for (const { number } of this.#net.peers) if (number !== this.number) this.#meet(number);
  }

  #meet(number: number): void {
    const other = this.#net.peers[number]!;
    const line = new Connection<Content>(
      this.#net,
      { from: this, to: other },
      {
        arrived: (content) => other.hear(this.number, content),
        taken: (content) => this.#taken(number, content),
      },
    );
    this.#lines.set(number, line);
    this.handle({ kind: 'peerJoined', peer: number, hasFast: true });
    const isDealer = number < this.#net.swarm.servers;
    this.handle({ kind: 'peerIntroduced', peer: number, site: '', isDealer, salt: number });
  }

  /** The program looks at all that has come when it gets its turn. */
  hear(from: number, content: Content): void {
    this.#inbox.push(() => this.#read(from, content));
    if (this.#inbox.length > 1) return;
    const { simulation, conditions, chance } = this.#net;
    simulation.after(conditions.wakeS * 2 * (chance.below(1000) / 1000), () => {
      for (const read of this.#inbox.splice(0)) read();
    });
  }

  handle(event: SwarmEvent): void {
    const { now } = this.#net.simulation;
    for (const effect of this.#state.handle(event, now * 1000)) this.#do(effect);
  }

  #read(from: number, content: Content): void {
    for (const message of content.messages) {
      const event = eventOf(from, message);
      if (event) this.handle(event);
    }
    const { block } = content;
    if (!block) return;
    this.#state.blockArrives(from, block, this.#net.simulation.now * 1000);
    this.handle({ kind: 'blockReceived', peer: from, block });
  }

  #taken(to: number, { block }: Content): void {
    if (block) this.handle({ kind: 'blockSent', peer: to, bytes: block.length });
  }

  #say(peer: number, message: Message): void {
    this.#net.messages++;
    const said = this.#said.get(peer);
    if (said) return void said.push(message);
    this.#said.set(peer, [message]);
    this.#net.simulation.after(0, () => this.#write(peer, undefined));
  }

  #write(peer: number, block: BlockAddress | undefined): void {
    const messages = this.#said.get(peer) ?? [];
    this.#said.delete(peer);
    if (messages.length === 0 && !block) return;
    this.#net.packets++;
    const bytes = messages.length * MESSAGE_BYTES + (block?.length ?? 0);
    this.#lines.get(peer)!.write({ content: { messages, block }, bytes });
  }

  #do(effect: SwarmEffect): void {
    switch (effect.kind) {
      case 'sendMessage':
      case 'sendBehindBlocks':
        return this.#say(effect.peer, effect.message);
      case 'sendBlock':
        this.sentBytes += effect.block.length;
        return this.#write(effect.peer, effect.block);
      case 'checkPiece':
        return this.#net.simulation.after(STORE_S, () =>
          this.handle({ kind: 'pieceStored', piece: effect.piece }),
        );
      case 'finish':
        this.isDone = true;
        this.doneAtS = this.#net.simulation.now;
        return;
      case 'abandonPiece':
        return;
      case 'dropPeer':
        throw new Error(`peer ${this.number} drops ${effect.peer}: ${effect.reason}`);
    }
  }
}
