import { lowestBit, type PieceSet } from '../../engine/swarm/policy/piece-set.ts';
import { blocksFrom } from './block-links.ts';
import { type Connections, SIDE } from './connections.ts';
import { MESSAGE } from './message.ts';
import type { MessageSwarmModel } from './message-swarm-model.ts';
import type { Post } from './post.ts';
import type { WantedPieces } from './wanted-pieces.ts';

/** Hears of pieces and blocks that arrive. */
export interface ReceivingEvents {
  /** @param fresh how many of the blocks are new */
  blocksReceived(side: number, blocks: number, fresh: number): void;
  pieceCompleted(side: number, piece: number): void;
}

/** What a peer does to get pieces: it says what interests it, and asks whoever has unchoked it, one request at a time. */
export class Receiving {
  readonly #model: MessageSwarmModel;
  readonly #connections: Connections;
  readonly #post: Post;
  readonly #wanted: WantedPieces;
  readonly #events: ReceivingEvents;
  /** Stand for what the side in question is offered, or told. */
  readonly #offered: PieceSet;
  readonly #stated: PieceSet;

  constructor(
    model: MessageSwarmModel,
    parts: { connections: Connections; post: Post; wanted: WantedPieces },
    events: ReceivingEvents,
  ) {
    this.#model = model;
    this.#connections = parts.connections;
    this.#post = parts.post;
    this.#wanted = parts.wanted;
    this.#events = events;
    this.#offered = parts.connections.offered.row(0);
    this.#stated = parts.connections.stated.row(0);
  }

  bitfield(side: number): void {
    const stated = this.#stated.moveTo(side);
    for (let place = 0; place < stated.span; place++)
      for (let rest = stated.word(place); rest !== 0; rest &= rest - 1)
        this.#learn(side, (place << 5) + lowestBit(rest));
    if (this.#isOfferedMore(side)) this.#turnInterested(side);
  }

  have(side: number, piece: number): void {
    this.#learn(side, piece);
    if (this.#wanted.has(this.#connections.owners[side]!, piece)) return;
    if (!this.#connections.has(side, SIDE.wants)) this.#turnInterested(side);
    else if (this.#model.unchokeLasts === 'untilChoke') this.#askIfIdle(side);
  }

  unchoke(side: number): void {
    this.#connections.set(side, SIDE.served);
    this.#askIfIdle(side);
  }

  choke(side: number): void {
    this.#connections.unset(side, SIDE.served);
    const piece = this.#connections.asked[side]!;
    if (piece === -1) return;
    this.#connections.asked[side] = -1;
    this.#letGo(this.#connections.owners[side]!, piece);
  }

  /** @param first block of those that arrive, counted from the first of the image */
  piece(side: number, first: number): void {
    const peer = this.#connections.owners[side]!;
    const piece = Math.floor(first / this.#model.blocksPerPiece);
    const blocks = blocksFrom(this.#model, first);
    const isLate = this.#wanted.has(peer, piece);
    const fresh = isLate ? 0 : this.#wanted.receive(peer, first, first + blocks);
    this.#events.blocksReceived(side, blocks, fresh);
    if (isLate) this.#lookElsewhere(side, piece);
    else if (this.#wanted.firstMissing(peer, piece) === -1) this.#complete(side, piece);
    else if (this.#connections.asked[side] === piece) this.#request(side, piece);
    else this.#wanted.release(peer, piece);
  }

  /** How many have a piece that is there already does not matter any more. */
  #learn(side: number, piece: number): void {
    const peer = this.#connections.owners[side]!;
    const isNew = this.#offered.moveTo(side).add(piece);
    if (isNew && !this.#wanted.has(peer, piece)) this.#wanted.announced(peer, piece);
  }

  #isOfferedMore(side: number): boolean {
    const { offered, owners } = this.#connections;
    return offered.hasOutside(side, this.#wanted.held, owners[side]!);
  }

  #turnInterested(side: number): void {
    this.#connections.set(side, SIDE.wants);
    this.#post.send(side, MESSAGE.interested);
    this.#askIfIdle(side);
  }

  /** Asks for a piece where an unchoke allows it and nothing is asked for. */
  #askIfIdle(side: number): void {
    const { asked, owners } = this.#connections;
    if (asked[side] !== -1 || !this.#connections.has(side, SIDE.served | SIDE.wants)) return;
    const piece = this.#wanted.claim(owners[side]!, this.#offered.moveTo(side));
    if (piece === -1) return;
    asked[side] = piece;
    this.#request(side, piece);
  }

  #request(side: number, piece: number): void {
    const block = this.#wanted.firstMissing(this.#connections.owners[side]!, piece);
    this.#post.send(side, MESSAGE.request, piece * this.#model.blocksPerPiece + block);
  }

  /** What has just come had come from somebody else before. */
  #lookElsewhere(side: number, piece: number): void {
    if (this.#connections.asked[side] === piece) this.#connections.asked[side] = -1;
    this.#askIfIdle(side);
  }

  #complete(side: number, piece: number): void {
    const { asked, owners } = this.#connections;
    const peer = owners[side]!;
    if (asked[side] === piece) asked[side] = -1;
    this.#wanted.complete(peer, piece);
    this.#events.pieceCompleted(side, piece);
    this.#tellNeighbours(peer, piece);
    if (this.#model.unchokeLasts === 'untilChoke') this.#askAll(peer);
  }

  #tellNeighbours(peer: number, piece: number): void {
    const { starts } = this.#connections;
    const end = starts[peer + 1]!;
    for (let side = starts[peer]!; side < end; side++) {
      if (!this.#connections.has(side, SIDE.known)) continue;
      this.#post.send(side, MESSAGE.have, piece);
      if (!this.#connections.has(side, SIDE.wants) || this.#isOfferedMore(side)) continue;
      this.#connections.unset(side, SIDE.wants);
      this.#post.send(side, MESSAGE.notInterested);
    }
  }

  #letGo(peer: number, piece: number): void {
    this.#wanted.release(peer, piece);
    if (this.#model.unchokeLasts === 'untilChoke') this.#askAll(peer);
  }

  /** Others may have what could not be asked for before. */
  #askAll(peer: number): void {
    const { starts } = this.#connections;
    const end = starts[peer + 1]!;
    for (let side = starts[peer]!; side < end; side++) this.#askIfIdle(side);
  }
}
