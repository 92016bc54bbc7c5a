import { handOutPeers } from '../../engine/swarm/policy/peer-handout.ts';
import { RandomStream } from '../kernel/random-stream.ts';
import { Simulation } from '../kernel/simulation.ts';
import type { TraceListener } from '../kernel/trace.ts';
import { SERVER } from '../network/topology.ts';
import { Ledger } from '../transport/ledger.ts';
import { BlockLinks } from './block-links.ts';
import type { MessageChoking } from './choking.ts';
import { ClassicMessageChoking } from './classic-message-choking.ts';
import { Connections, SIDE } from './connections.ts';
import { MESSAGE, type MessageKind } from './message.ts';
import { assertMessageSwarmModel, joinTimeOf, type MessageSwarmModel } from './message-swarm-model.ts';
import { Post } from './post.ts';
import { Receiving } from './receiving.ts';
import { RotationChoking } from './rotation-choking.ts';
import { RoundClock } from './round-clock.ts';
import { Serving } from './serving.ts';
import { WantedPieces } from './wanted-pieces.ts';

/** A swarm that was simulated message by message. Peers by number, the seeder first. */
export interface SimulatedMessageSwarm {
  /** When each peer had everything [virtual s], the seeder at 0; Infinity where it never had. */
  readonly doneS: Float64Array;
  /** Messages that were read, by kind. */
  readonly messages: Readonly<Record<MessageKind, number>>;
  /** Bytes of blocks by peer; what was received twice is not among the downloads. */
  readonly uploadedBytes: Float64Array;
  readonly downloadedBytes: Float64Array;
  /** Of blocks that their receiver had already: sum of uploads = sum of downloads + this. */
  readonly wastedBytes: number;
  /** Of every message that was read, and every piece. */
  readonly traceDigest: string;
}

/**
 * Runs a swarm on virtual time, message by message. The same model and random seed give the same trace.
 * @param listener hears when peers join, receive pieces, and have everything
 * @throws RangeError where the model makes no sense
 */
export function simulateMessages(
  model: MessageSwarmModel,
  randomSeed: number,
  listener?: TraceListener,
): SimulatedMessageSwarm {
  assertMessageSwarmModel(model);
  return new MessageSwarm(model, randomSeed, new Simulation(listener)).run();
}

/** Puts the parts of a swarm together, and keeps its books. */
class MessageSwarm {
  readonly #model: MessageSwarmModel;
  readonly #simulation: Simulation;
  readonly #connections: Connections;
  readonly #wanted: WantedPieces;
  readonly #post: Post;
  readonly #choking: MessageChoking;
  readonly #serving: Serving;
  readonly #ledger: Ledger;
  readonly #doneS: Float64Array;

  constructor(model: MessageSwarmModel, randomSeed: number, simulation: Simulation) {
    const peers = model.leechers + 1;
    const handoutChance = new RandomStream(randomSeed, 'handout');
    const chance = new RandomStream(randomSeed, 'swarm');
    const sites = Array<number>(peers).fill(0);
    const neighbours = handOutPeers({ sites, handout: 'random', wanted: model.neighbours }, handoutChance);
    const connections = new Connections(neighbours, model.pieces);
    const wanted = new WantedPieces(model, chance);
    const clock = new RoundClock(model, simulation);
    this.#model = model;
    this.#simulation = simulation;
    this.#connections = connections;
    this.#wanted = wanted;
    this.#post = new Post(model, simulation, connections);
    this.#choking = chokingOf(model, { connections, wanted, chance }, clock);
    this.#ledger = new Ledger(peers);
    this.#doneS = new Float64Array(peers).fill(Number.POSITIVE_INFINITY);
    const links = new BlockLinks(model, { simulation, connections }, (side, first) =>
      this.#serving.sent(side, first),
    );
    const parts = { simulation, clock, connections, wanted, links, post: this.#post, choking: this.#choking };
    this.#serving = new Serving(peers, parts);
    const receiving = new Receiving(model, parts, {
      blocksReceived: this.#blocksReceived,
      pieceCompleted: this.#pieceCompleted,
    });
    this.#post.deliverTo({
      handshake: (side) => this.#handshake(side),
      bitfield: (side) => receiving.bitfield(side),
      interested: (side) => this.#serving.interested(side),
      notInterested: (side) => this.#serving.notInterested(side),
      choke: (side) => receiving.choke(side),
      unchoke: (side) => receiving.unchoke(side),
      have: (side, piece) => receiving.have(side, piece),
      request: (side, first) => this.#serving.request(side, first),
      piece: (side, first) => receiving.piece(side, first),
    });
  }

  run(): SimulatedMessageSwarm {
    const peers = this.#model.leechers + 1;
    this.#wanted.fill(SERVER);
    this.#doneS[SERVER] = 0;
    for (let peer = 0; peer < peers; peer++)
      this.#simulation.after(joinTimeOf(this.#model, peer), () => this.#join(peer));
    this.#simulation.run();
    return {
      doneS: this.#doneS,
      messages: this.#post.counts(),
      uploadedBytes: this.#ledger.uploaded,
      downloadedBytes: this.#ledger.downloaded,
      wastedBytes: this.#ledger.wastedBytes,
      traceDigest: this.#simulation.trace.digest.toString(),
    };
  }

  /** The tracker's answer is here: everybody in it is sent a handshake. Those who come later will do so themselves. */
  #join(peer: number): void {
    const { others, starts } = this.#connections;
    this.#simulation.trace.add(this.#simulation.now, 'joined', peer);
    for (let side = starts[peer]!; side < starts[peer + 1]! && others[side]! < peer; side++) {
      this.#meet(side);
      this.#post.send(side, MESSAGE.handshake);
    }
    this.#serving.join(peer);
  }

  /** Who is unknown is answered; either way it is told what there is. */
  #handshake(side: number): void {
    if (!this.#connections.has(side, SIDE.known)) {
      this.#meet(side);
      this.#post.send(side, MESSAGE.handshake);
    }
    this.#connections.state(side, this.#wanted.held);
    this.#post.send(side, MESSAGE.bitfield);
  }

  #meet(side: number): void {
    this.#connections.set(side, SIDE.known);
    this.#choking.met(side);
  }

  readonly #blocksReceived = (side: number, blocks: number, fresh: number): void => {
    const { owners, others } = this.#connections;
    const { blockBytes } = this.#model;
    this.#ledger.received(others[side]!, owners[side]!, fresh * blockBytes);
    this.#ledger.wasted(others[side]!, (blocks - fresh) * blockBytes);
    this.#choking.received(side, blocks * blockBytes);
  };

  readonly #pieceCompleted = (side: number, piece: number): void => {
    const machine = this.#connections.owners[side]!;
    const sender = this.#connections.others[side]!;
    const { now, trace } = this.#simulation;
    trace.addPiece(now, { machine, piece, sender });
    if (!this.#wanted.hasAll(machine)) return;
    this.#doneS[machine] = now;
    trace.add(now, 'downloaded', machine);
  };
}

function chokingOf(
  { choker, roundS }: MessageSwarmModel,
  swarm: { connections: Connections; wanted: WantedPieces; chance: RandomStream },
  clock: RoundClock,
): MessageChoking {
  switch (choker.kind) {
    case 'rotation':
      return new RotationChoking(swarm.connections, swarm.wanted, swarm.chance);
    case 'classic':
      return new ClassicMessageChoking({ slots: choker.slots, roundS }, swarm, clock);
  }
}
