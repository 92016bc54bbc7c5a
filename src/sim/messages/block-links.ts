import type { Simulation } from '../kernel/simulation.ts';
import { FlowNetwork } from '../network/flow-network.ts';
import type { Connections } from './connections.ts';
import type { MessageSwarmModel } from './message-swarm-model.ts';

/** The links of a swarm, on which blocks take their time. All blocks of a request go as one transfer. */
export class BlockLinks {
  readonly #model: MessageSwarmModel;
  readonly #connections: Connections;
  readonly #network: FlowNetwork;
  readonly #sent: (side: number, first: number) => void;
  /** By peer. */
  readonly #up: readonly number[];
  readonly #down: readonly number[];
  readonly #backbone: number;
  /** By flow: the side that sends, and the first block. */
  readonly #sides: number[] = [];
  readonly #firsts: number[] = [];
  readonly #free: number[] = [];

  /** @param sent told when the last byte of a transfer has left its links */
  constructor(
    model: MessageSwarmModel,
    { simulation, connections }: { simulation: Simulation; connections: Connections },
    sent: (side: number, first: number) => void,
  ) {
    const peers = Array.from({ length: model.leechers + 1 });
    this.#model = model;
    this.#connections = connections;
    this.#network = new FlowNetwork(simulation);
    this.#sent = sent;
    this.#up = peers.map(() => this.#network.addLink(model.link.upBps));
    this.#down = peers.map(() => this.#network.addLink(model.link.downBps));
    this.#backbone = this.#network.addLink(model.backboneBps);
  }

  /** Sends what one request asks for. @param side of the sender */
  send(side: number, first: number): void {
    const flow = this.#free.pop() ?? this.#network.open(this.#finish, this.#sides.length);
    this.#sides[flow] = side;
    this.#firsts[flow] = first;
    const { owners, others } = this.#connections;
    const path = [this.#up[owners[side]!]!, this.#backbone, this.#down[others[side]!]!];
    this.#network.start(flow, {
      path: path.filter((link) => link !== -1),
      bytes: this.bytesFrom(first),
      capBps: Number.POSITIVE_INFINITY,
    });
  }

  /** Bytes of what one request asks for. */
  bytesFrom(first: number): number {
    return blocksFrom(this.#model, first) * this.#model.blockBytes;
  }

  readonly #finish = (flow: number): void => {
    this.#free.push(flow);
    this.#sent(this.#sides[flow]!, this.#firsts[flow]!);
  };
}

/** How many blocks a request for those from `first` on asks for: no more than are left of the piece. */
export function blocksFrom({ blocksPerPiece, blocksPerRequest }: MessageSwarmModel, first: number): number {
  return Math.min(blocksPerRequest, blocksPerPiece - (first % blocksPerPiece));
}
