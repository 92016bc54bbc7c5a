import type { DeploymentModel } from '../deployment-model.ts';
import type { Simulation } from '../kernel/simulation.ts';
import { WriteBehind } from '../machine/write-behind.ts';
import { mathisBps, padhyeBps } from '../theory/tcp.ts';
import type { FlowNetwork } from './flow-network.ts';
import { SlowStart } from './slow-start.ts';
import type { TcpModel } from './tcp-model.ts';
import type { Topology } from './topology.ts';

/** Bytes that go from one peer to another. */
export interface Parcel {
  readonly sender: number;
  readonly receiver: number;
  readonly bytes: number;
}

/** What a connection goes over. */
export interface Place {
  readonly simulation: Simulation;
  readonly network: FlowNetwork;
  readonly topology: Topology;
}

/** The TCP connections of a deployment, with what stands behind them: decoder, page cache and disk of the receiver. */
export class Connections {
  readonly writeBehind: WriteBehind;
  readonly #network: FlowNetwork;
  readonly #topology: Topology;
  /** Peers: to number pairs of them. */
  readonly #peers: number;
  readonly #isStreamed: boolean;
  readonly #capBps: number;
  readonly #slowStart: SlowStart | undefined;

  constructor(model: DeploymentModel, { simulation, network, topology }: Place) {
    const { disk, wireBytes, rawBytes, tcp, latencyS } = model;
    this.#network = network;
    this.#topology = topology;
    this.#peers = model.machines.length + 1;
    this.#isStreamed = !disk.isSerialWrite;
    this.#capBps = connectionBps(model);
    this.writeBehind = new WriteBehind((disk.dirtyBytes * wireBytes) / rawBytes, network, topology);
    this.#slowStart =
      tcp?.isSlowStart && latencyS > 0
        ? new SlowStart({ simulation, network, tcp, roundTripS: 2 * latencyS })
        : undefined;
  }

  /** Starts to send a part of the image on a flow that sends nothing. */
  send(flow: number, { sender, receiver, bytes }: Parcel): void {
    const isWritten = this.#isStreamed && this.writeBehind.begin(flow, receiver, bytes);
    const path = this.#topology.path(sender, receiver, { isDecoded: this.#isStreamed, isWritten });
    const pair = sender * this.#peers + receiver;
    this.#start(flow, { path, bytes, pair });
  }

  /** Starts to send what is neither decoded nor written, over a connection of its own. */
  sendToMemory(flow: number, { sender, receiver, bytes }: Parcel): void {
    const path = this.#topology.path(sender, receiver, { isWritten: false });
    this.#start(flow, { path, bytes, pair: undefined });
  }

  /** To be told when a flow has sent everything. */
  arrived(flow: number): void {
    this.#slowStart?.end(flow);
    this.writeBehind.arrived(flow);
  }

  /** Ends a transfer before its time. @returns bytes that had not arrived yet */
  cancel(flow: number): number {
    this.#slowStart?.end(flow);
    this.writeBehind.cutOff(flow);
    return this.#network.cancel(flow);
  }

  #start(
    flow: number,
    { path, bytes, pair }: { path: number[]; bytes: number; pair: number | undefined },
  ): void {
    const capBps = this.#capBps;
    const atFirstBps = this.#slowStart?.begin(flow, pair, { path, capBps }) ?? capBps;
    this.#network.start(flow, { path, bytes, capBps: atFirstBps });
  }
}

/** Most that one connection carries: by its own cap, and under loss by what TCP makes of it. */
function connectionBps({ connectionCapBps, loss, latencyS, tcp, transport }: DeploymentModel): number {
  if (loss === 0 || transport.transport === 'multicast') return connectionCapBps;
  return Math.min(connectionCapBps, underLossBps(tcp, { loss, roundTripS: 2 * latencyS }));
}

function underLossBps(tcp: TcpModel | undefined, path: { loss: number; roundTripS: number }): number {
  if (tcp?.underLoss === undefined) return Number.POSITIVE_INFINITY;
  const lossy = { ...path, segmentBytes: tcp.segmentBytes };
  return tcp.underLoss === 'mathis' ? mathisBps(lossy) : padhyeBps(lossy, tcp.timeoutS);
}
