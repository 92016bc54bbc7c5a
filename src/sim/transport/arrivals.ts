import type { PieceSet } from '../../engine/swarm/policy/piece-set.ts';
import { SERVER } from '../network/topology.ts';
import { Corruption } from './corruption.ts';
import { DiskRoom } from './disk-room.ts';
import type { P2pParts } from './p2p-parts.ts';
import { DISK_FULL } from './transport.ts';

/** What becomes of pieces that have come, and who is served then. */
export class Arrivals {
  readonly #parts: P2pParts;
  /** Stands for the pieces of the receiver in question. */
  readonly #own: PieceSet;
  readonly #corruption: Corruption;
  readonly #room: DiskRoom;
  readonly #seederLeaves: () => void;

  /** @param seederLeaves to be called when the seeder has sent as much as it is to send */
  constructor(parts: P2pParts, seederLeaves: () => void) {
    const { model, randomSeed } = parts.arena;
    this.#parts = parts;
    this.#own = parts.swarm.held.row(SERVER);
    this.#corruption = new Corruption(model, randomSeed);
    this.#room = new DiskRoom(model);
    this.#seederLeaves = seederLeaves;
  }

  /** All of a piece has come on this slot. */
  arrived(slot: number): void {
    const { arena, swarm, grants, endGame, seeding, choking } = this.#parts;
    const { uploads, held, picking, crossing } = swarm;
    const { simulation } = arena;
    const uploader = uploads.uploaderOf(slot);
    const receiver = uploads.receiverOf(slot);
    if (this.#corruption.strikes()) return this.#throwAway(slot);
    if (this.#room.isFull(receiver, held.sizes[receiver]!)) return this.#overflow(slot);
    const piece = uploads.pieceOf(slot);
    const bytes = grants.keep(slot);
    endGame?.arrived(receiver, bytes);
    this.#own.moveTo(receiver).add(piece);
    picking.announced(receiver, piece);
    crossing?.arrived(receiver, piece);
    seeding.arrived(receiver, piece);
    choking.exchanged(uploader, receiver, bytes);
    simulation.trace.addPiece(simulation.now, { machine: receiver, piece, sender: uploader });
    if (held.sizes[receiver] === swarm.pieces) arena.downloaded(receiver);
    this.#goOn(uploader, receiver);
  }

  /** A piece whose hash is wrong has cost all its bytes, and anybody may send it again. */
  #throwAway(slot: number): void {
    const { arena, swarm, grants, choking, serving } = this.#parts;
    const { simulation } = arena;
    const [uploader, receiver] = [swarm.uploads.uploaderOf(slot), swarm.uploads.receiverOf(slot)];
    simulation.trace.add(simulation.now, 'pieceSpoiled', receiver);
    choking.exchanged(uploader, receiver, grants.waste(slot));
    this.#goOn(uploader, receiver);
    serving.wake(receiver);
  }

  /** A piece for which the disk has no room costs its machine the deployment. */
  #overflow(slot: number): void {
    const { arena, swarm, grants } = this.#parts;
    const [uploader, receiver] = [swarm.uploads.uploaderOf(slot), swarm.uploads.receiverOf(slot)];
    grants.waste(slot);
    arena.failed(receiver, DISK_FULL);
    this.#goOn(uploader, receiver);
  }

  /** An upload is over. */
  #goOn(uploader: number, receiver: number): void {
    const { arena, serving, adoption, webSeed } = this.#parts;
    const { ledger, model } = arena;
    if (uploader === SERVER && ledger.uploaded[SERVER]! >= model.seederLeavesAfterBytes) this.#seederLeaves();
    adoption?.arrived(receiver, uploader);
    serving.fill(uploader);
    serving.fill(receiver);
    // The seeder passes over receivers that are busy: one of them has just become less so.
    serving.fill(SERVER);
    webSeed?.ask(receiver);
  }
}
