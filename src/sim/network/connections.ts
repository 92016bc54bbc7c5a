import {
  type DeploymentModel,
  type LinkModel,
  peerCountOf,
  pieceCountOf,
  pieceSizeOf,
} from '../deployment-model.ts';
import { EarlyReadBack } from '../machine/early-read-back.ts';
import type { ReadBack } from '../machine/read-back.ts';
import { RecentPieces } from '../machine/recent-pieces.ts';
import { StreamReadBack } from '../machine/stream-read-back.ts';
import { WriteBehind } from '../machine/write-behind.ts';
import { mathisBps, padhyeBps } from '../theory/tcp.ts';
import type { FlowNetwork } from './flow-network.ts';
import type { Place } from './place.ts';
import { isOut } from './retransmission.ts';
import { type Route, SlowStart } from './slow-start.ts';
import type { TcpModel } from './tcp-model.ts';
import { type PathEnds, SERVER, type Topology } from './topology.ts';

/** A part of the image that goes from one peer to another. */
export interface Parcel {
  readonly sender: number;
  readonly receiver: number;
  readonly piece: number;
  readonly bytes: number;
}

/** What is neither read from a disk nor decoded nor written, such as a boot file. */
export const TO_MEMORY: PathEnds = { isRead: false, isDecoded: false, isWritten: false };

/** The TCP connections of a deployment, with what stands behind them: decoder, page cache and disk of the receiver. */
export class Connections {
  readonly writeBehind: WriteBehind;
  /** Left out where nothing is read back while the rest comes. */
  readonly readBack: ReadBack | undefined;
  readonly #model: DeploymentModel;
  readonly #network: FlowNetwork;
  readonly #topology: Topology;
  readonly #isStreamed: boolean;
  readonly #recentPieces: RecentPieces;
  readonly #capBps: number;
  readonly #slowStart: SlowStart | undefined;
  /** Peers whose cable is out. */
  readonly #cutOff = new Set<number>();

  constructor(model: DeploymentModel, place: Place) {
    const { simulation, network, topology } = place;
    const { disk, wireBytes, rawBytes, tcp, latencyS } = model;
    this.#model = model;
    this.#network = network;
    this.#topology = topology;
    this.#isStreamed = !disk.isSerialWrite;
    this.#capBps = connectionBps(model);
    const room = Math.floor((disk.recentBytes * wireBytes) / rawBytes / model.pieceBytes);
    this.#recentPieces = new RecentPieces(room, pieceCountOf(model));
    this.readBack = disk.isReadBackEarly ? newReadBack(model, place) : undefined;
    this.writeBehind = new WriteBehind((disk.dirtyBytes * wireBytes) / rawBytes, place, (machine, bytes) =>
      this.readBack?.written(machine, bytes),
    );
    this.#slowStart =
      tcp?.isSlowStart && latencyS > 0
        ? new SlowStart({ simulation, network, tcp, roundTripS: 2 * latencyS, peers: peerCountOf(model) })
        : undefined;
  }

  /** Starts to send a part of the image on a flow that sends nothing. */
  send(flow: number, { sender, receiver, piece, bytes }: Parcel): void {
    const isDecoded = this.#isStreamed;
    const isRead = sender !== SERVER && !this.#recentPieces.has(sender, piece);
    const isWritten = this.#isStreamed && this.writeBehind.begin(flow, receiver, bytes);
    const path = this.#topology.path(sender, receiver, { isRead, isDecoded, isWritten });
    this.#start(flow, { path, bytes, route: { sender, receiver, isNew: false } });
  }

  /** Starts to send a boot file, over a connection of its own. */
  sendToMemory(flow: number, receiver: number, bytes: number): void {
    const path = this.#topology.path(SERVER, receiver, TO_MEMORY);
    this.#start(flow, { path, bytes, route: { sender: SERVER, receiver, isNew: true } });
  }

  /** To be told when a flow has sent everything. */
  ended(flow: number): void {
    this.#end(flow, 0);
  }

  /** The same of a part of a stream. */
  streamed(flow: number, receiver: number, bytes: number): void {
    if (!this.#end(flow, bytes)) this.readBack?.written(receiver, bytes);
  }

  /** The same of a piece that is kept. */
  arrived(flow: number, receiver: number, piece: number): void {
    this.streamed(flow, receiver, pieceSizeOf(this.#model, piece));
    this.stored(receiver, piece);
  }

  /** To be told when a piece has come another way than by a flow. */
  stored(receiver: number, piece: number): void {
    this.#recentPieces.received(receiver, piece);
  }

  /** The power of a machine is cut: its memory is lost. */
  powerCut(machine: number): void {
    this.#recentPieces.forget(machine);
  }

  /** The link of a peer is this one from now on, as its connections notice. */
  linkChanged(peer: number, link: LinkModel): void {
    this.#topology.change(peer, link);
    if (isOut(link)) this.#cutOff.add(peer);
    else if (this.#cutOff.delete(peer)) this.#slowStart?.timedOut(peer);
  }

  /** Ends a transfer before its time. @returns bytes that had not arrived yet */
  cancel(flow: number): number {
    this.#slowStart?.end(flow);
    this.writeBehind.cutOff(flow);
    return this.#network.cancel(flow);
  }

  /** @returns whether what has come waits in memory to be written */
  #end(flow: number, newBytes: number): boolean {
    this.#slowStart?.end(flow);
    return this.writeBehind.arrived(flow, newBytes);
  }

  #start(flow: number, { path, bytes, route }: { path: number[]; bytes: number; route: Route }): void {
    const capBps = this.#capBps;
    const atFirstBps = this.#slowStart?.begin(flow, route, { path, capBps }) ?? capBps;
    this.#network.start(flow, { path, bytes, capBps: atFirstBps });
  }
}

/** A stream comes in parts where these have to find room in memory. */
function newReadBack(model: DeploymentModel, place: Place): ReadBack {
  const isWhole = model.transport.transport === 'unicast' && model.disk.dirtyBytes === 0;
  return isWhole ? new StreamReadBack(model, place) : new EarlyReadBack(model, place);
}

/**
 * Most that one connection carries: by its own cap, and under loss by what TCP makes of it. A multicast is no connection,
 * but the swarm that repairs it has some.
 */
function connectionBps({ connectionCapBps, loss, latencyS, tcp, transport }: DeploymentModel): number {
  const isUnheard = transport.transport === 'multicast' && !transport.repair;
  if (loss === 0 || isUnheard) return connectionCapBps;
  return Math.min(connectionCapBps, underLossBps(tcp, { loss, roundTripS: 2 * latencyS }));
}

function underLossBps(tcp: TcpModel | undefined, path: { loss: number; roundTripS: number }): number {
  if (tcp?.underLoss === undefined) return Number.POSITIVE_INFINITY;
  const lossy = { ...path, segmentBytes: tcp.segmentBytes };
  return tcp.underLoss === 'mathis' ? mathisBps(lossy) : padhyeBps(lossy, path.roundTripS + tcp.timeoutS);
}
