import { SERVER } from '../network/topology.ts';
import type { Seeding } from '../swarm/seeding.ts';
import type { Swarm } from '../swarm/swarm.ts';
import type { UploadSlots } from '../swarm/upload-slots.ts';
import { LackingBytes } from './lacking-bytes.ts';
import type { Arena } from './transport.ts';

/** Whose grants they are, and who hears of them. */
interface GrantPlace {
  readonly swarm: Swarm;
  readonly seeding: Seeding;
  /** To be called when all of a piece has arrived: it is to be kept or wasted then. */
  readonly arrived: (slot: number) => void;
  /** To be called when a grant is over, with what it brought, of use or not. */
  readonly brought: (uploader: number, receiver: number, bytes: number) => void;
}

/**
 * What is in flight on the upload slots of a swarm: on each that is taken one grant, which begins, and arrives or is
 * aborted. What has arrived is kept, or was sent in vain; then the slot is free again.
 */
export class Grants {
  /** What has to be sent of each piece. */
  readonly lacking: LackingBytes;
  readonly #arena: Arena;
  readonly #place: GrantPlace;
  readonly #uploads: UploadSlots;
  /** The flow of slot 0; those of the others follow it. */
  readonly #firstFlow: number;
  /** By slot: the event at which the data of its grant begins to flow, where that takes time. */
  readonly #beginnings: number[] = [];

  constructor(arena: Arena, place: GrantPlace) {
    const { network } = arena;
    this.lacking = new LackingBytes(arena.model);
    this.#arena = arena;
    this.#place = place;
    this.#uploads = place.swarm.uploads;
    this.#firstFlow = network.open(place.arrived, 0);
    for (let slot = 1; slot < this.#uploads.size; slot++) network.open(place.arrived, slot);
  }

  /** Sends the piece of a slot that was taken, when it has been asked for. */
  begin(slot: number): void {
    const { model, simulation } = this.#arena;
    this.#place.swarm.slow?.began(slot);
    if (model.latencyS === 0) return this.#send(slot);
    this.#beginnings[slot] ??= simulation.open(this.#send, slot);
    simulation.schedule(this.#beginnings[slot]!, simulation.now + 2 * model.latencyS);
  }

  /** Bytes of the piece of a slot that have arrived so far. */
  sentOn(slot: number): number {
    const { network } = this.#arena;
    const flow = this.#firstFlow + slot;
    return network.isRunning(flow) ? this.#bytesOf(slot) - network.left(flow) : 0;
  }

  /** Time until all of the piece has arrived, at the rate that it has now [s]; 0 where nothing flows yet. */
  leftS(slot: number): number {
    const { network } = this.#arena;
    const flow = this.#firstFlow + slot;
    return network.isRunning(flow) ? network.leftS(flow) : 0;
  }

  /** What has arrived on a slot is of use. @returns its bytes */
  keep(slot: number): number {
    const uploads = this.#uploads;
    const { ledger, connections } = this.#arena;
    const uploader = uploads.uploaderOf(slot);
    const receiver = uploads.receiverOf(slot);
    const bytes = this.#bytesOf(slot);
    this.#place.swarm.slow?.arrived(slot);
    this.#place.swarm.slow?.ended(slot);
    connections.arrived(this.#firstFlow + slot, receiver, uploads.pieceOf(slot));
    uploads.close(slot);
    this.#place.brought(uploader, receiver, bytes);
    ledger.received(uploader, receiver, bytes);
    return bytes;
  }

  /** What has arrived on a slot is of no use, and may be asked for again. @returns its bytes */
  waste(slot: number): number {
    const bytes = this.#bytesOf(slot);
    this.#place.swarm.slow?.arrived(slot);
    this.#arena.connections.ended(this.#firstFlow + slot);
    this.#lose(slot, bytes);
    return bytes;
  }

  /** Ends a grant before its time. */
  abort(slot: number): void {
    const { network, simulation, connections } = this.#arena;
    const flow = this.#firstFlow + slot;
    if (network.isRunning(flow)) return this.#lose(slot, this.#bytesOf(slot) - connections.cancel(flow));
    simulation.cancel(this.#beginnings[slot]!);
    this.#lose(slot, 0);
  }

  readonly #send = (slot: number): void => {
    const uploads = this.#uploads;
    const sender = uploads.uploaderOf(slot);
    const receiver = uploads.receiverOf(slot);
    const piece = uploads.pieceOf(slot);
    const bytes = this.lacking.of(receiver, piece);
    this.#arena.connections.send(this.#firstFlow + slot, { sender, receiver, piece, bytes });
  };

  #lose(slot: number, bytes: number): void {
    const uploads = this.#uploads;
    const { swarm, seeding, brought } = this.#place;
    const [uploader, receiver] = [uploads.uploaderOf(slot), uploads.receiverOf(slot)];
    const piece = uploads.pieceOf(slot);
    swarm.slow?.ended(slot);
    swarm.picking.released(receiver, piece);
    uploads.close(slot);
    brought(uploader, receiver, bytes);
    this.#arena.ledger.wasted(uploader, bytes);
    if (uploader === SERVER) seeding.cutOff(piece);
  }

  /** What has to be sent of the piece of a slot. */
  #bytesOf(slot: number): number {
    return this.lacking.of(this.#uploads.receiverOf(slot), this.#uploads.pieceOf(slot));
  }
}
