import type { Chance } from '../policy/chance.ts';
import { PieceSet } from '../policy/piece-set.ts';
import type { RequestPipeline } from '../policy/request-pipeline.ts';
import type { BlockAddress } from '../wire/message.ts';
import { Interest } from './interest.ts';
import type { Introduced, Neighbour } from './neighbour.ts';
import { Offers } from './offers.ts';
import { type OpenPieceSettings, OpenPieces } from './open-pieces.ts';
import type { PartialPiece } from './partial-piece.ts';
import { PieceChoice } from './piece-choice.ts';
import { Requests } from './requests.ts';
import type { OwnPlace } from './site-gate.ts';
import { SourceReview } from './source-review.ts';
import { type SourceLimits, Sources } from './sources.ts';
import type { EmitEffect } from './swarm-effect.ts';

/** A source that has given all that we want of it is waited for so long [ms]; others are tried then. */
const DRY_MS = 1000;

/** What the receiving side needs to know. */
export interface DownloadSettings extends SourceLimits, OpenPieceSettings {
  readonly place: OwnPlace;
  readonly chance: Chance;
  /** One for a neighbour. */
  newPipeline(): RequestPipeline;
  /** Longest silence of a peer that owes us blocks. */
  readonly snubMs: number;
  /** How long a peer is not asked again for a piece that it has and did not serve. */
  readonly refusedMs: number;
}

/**
 * The receiving side of a torrent: what we have, what we want, and whom we asked for it. A few peers at a time send to
 * us, each of them as long as it goes on to; the unchokes of others are declined. It is interested in a peer as long as
 * an unchoke would be made use of.
 */
export class DownloadSide {
  readonly held: PieceSet;
  readonly #settings: DownloadSettings;
  readonly #neighbours: ReadonlyMap<number, Neighbour>;
  readonly #emit: EmitEffect;
  readonly #interest: Interest;
  readonly #sources: Sources;
  readonly #review: SourceReview;
  readonly #open: OpenPieces;
  readonly #offers: Offers;
  readonly #choice: PieceChoice;
  readonly #requests: Requests;
  /** There is room for one more source than before, and nobody has been asked because of it. */
  #isRoomNew = false;
  #isPaused = false;
  #givenBytes = 0;
  #nowMs = 0;

  constructor(settings: DownloadSettings, neighbours: ReadonlyMap<number, Neighbour>, emit: EmitEffect) {
    this.#settings = settings;
    this.#neighbours = neighbours;
    this.#emit = emit;
    this.#sources = new Sources(settings, (hasRoom) => {
      this.#interest.reviewAll();
      this.#isRoomNew = hasRoom;
    });
    this.#review = new SourceReview((neighbour, isWeak) => this.#sources.setWeak(neighbour, isWeak));
    this.held = new PieceSet(settings.geometry.pieces);
    this.#open = new OpenPieces(settings);
    const { place, chance, geometry, picker } = settings;
    const { held } = this;
    const changed = (neighbour: Neighbour): void => this.#interest.review(neighbour);
    const now = (): number => this.#nowMs;
    this.#offers = new Offers({ place, pieces: geometry.pieces, chance, held, neighbours, changed, now });
    const [open, sources, offers] = [this.#open, this.#sources, this.#offers];
    this.#choice = new PieceChoice({ open, offers, picker, neighbours, emit });
    this.#requests = new Requests({ geometry, sources, open, emit });
    this.#interest = new Interest({
      sources,
      neighbours,
      emit,
      canServe: (neighbour) => this.#canServe(neighbour),
      missingShare: () => 1 - held.size / geometry.pieces,
    });
  }

  /** To be told before anything else that happens. */
  setClock(nowMs: number): void {
    this.#nowMs = nowMs;
  }

  /** All that anybody was asked for and sent. */
  get givenBytes(): number {
    return this.#givenBytes;
  }

  get isDone(): boolean {
    return this.held.size === this.#settings.geometry.pieces;
  }

  /** A piece that was there from the start. */
  hold(piece: number): void {
    this.held.add(piece);
    this.#offers.wanted.delete(piece);
    this.#settings.picker.claimed(piece);
  }

  /** Pieces that it had not said it has: all of them are known before any is asked for. */
  announced(neighbour: Neighbour, pieces: Iterable<number>): void {
    for (const piece of pieces) {
      this.#settings.picker.announced(piece);
      this.#offers.announced(neighbour, piece);
    }
    this.#ask(neighbour);
  }

  /** A neighbour has said who and where it is. */
  introduced(neighbour: Neighbour, introduction: Introduced): void {
    this.#offers.introduced(neighbour, introduction);
  }

  /** Without room for one more it is declined at once: then its slot goes to somebody who has. */
  unchoked(neighbour: Neighbour): void {
    neighbour.areWeUnchoked = true;
    neighbour.isSnubbed = false;
    this.#ask(neighbour);
  }

  /** With the fast extension what it does not serve is rejected; without, all of it is void. */
  choked(neighbour: Neighbour): void {
    neighbour.areWeUnchoked = false;
    this.#letGo(neighbour);
    if (neighbour.hasFast) return;
    this.#releaseAll(neighbour);
    this.#interest.review(neighbour);
  }

  /** Who lets us ask and does not serve a block of a piece would refuse it again: that piece comes from others. */
  rejected(neighbour: Neighbour, address: BlockAddress): void {
    const { piece } = address;
    const block = this.#settings.geometry.blockOf(address);
    if (block === -1 || this.#requests.answered(neighbour, piece, block)) return;
    if (!this.#sources.remove(neighbour, piece, block)) return;
    if (neighbour.areWeUnchoked)
      this.#offers.refused(neighbour, piece, this.#nowMs + this.#settings.refusedMs);
    this.#release(neighbour, piece, block);
    this.#ask(neighbour);
    this.#letGo(neighbour);
  }

  left(neighbour: Neighbour): void {
    this.#releaseAll(neighbour);
    this.#sources.release(neighbour);
    for (const piece of neighbour.pieces) this.#settings.picker.lost(piece);
    this.#offers.left(neighbour);
    this.#interest.reviewAll();
  }

  /** Data of a block begins to come. @returns whether it was asked of this peer and has a place to go to */
  arrives(neighbour: Neighbour, address: BlockAddress): boolean {
    neighbour.pipeline.began(this.#nowMs);
    const block = this.#settings.geometry.blockOf(address);
    const isAsked = neighbour.asked.get(address.piece)?.has(block) === true;
    return isAsked && this.#open.of(address.piece)?.arrives(block, neighbour.peer) === true;
  }

  received(neighbour: Neighbour, address: BlockAddress): void {
    const { piece } = address;
    const block = this.#settings.geometry.blockOf(address);
    if (block === -1) return;
    this.#requests.answered(neighbour, piece, block);
    // Late ones are asked again. What nobody has asked for is no sign that what was asked for is coming.
    neighbour.isSnubbed = false;
    if (!this.#sources.remove(neighbour, piece, block)) return this.#ask(neighbour);
    neighbour.heardAtMs = this.#nowMs;
    neighbour.givenBytes += address.length;
    this.#givenBytes += address.length;
    neighbour.pipeline.received(address.length, this.#nowMs);
    const partial = this.#open.of(piece);
    if (partial?.isArrivingFrom(block, neighbour.peer)) {
      partial.received(block, neighbour.peer);
      if (partial.requestsFor(block) > 0) this.#cancelOthers(piece, block);
      if (partial.isComplete) this.#emit({ kind: 'checkPiece', piece, senders: partial.senders() });
    } else this.#release(neighbour, piece, block);
    if (this.#sources.isLow(neighbour)) this.#ask(neighbour);
  }

  stored(piece: number): void {
    this.#open.close(piece);
    this.held.add(piece);
    if (!this.isDone) return;
    this.#emit({ kind: 'finish' });
    this.#interest.reviewAll();
  }

  /** Its hash was wrong: all of it has to come again. */
  refuted(piece: number): void {
    this.#open.refuted(piece);
    this.#want([piece]);
  }

  /** Who owes us blocks and has sent none for too long is asked for no more until it sends or unchokes us again. */
  ticked(): void {
    this.#review.ticked(this.#neighbours, this.#nowMs);
    this.#interest.ticked(this.#nowMs);
    const offering = this.#offers.adopt(this.#nowMs);
    if (offering) this.#ask(offering);
    for (const neighbour of this.#neighbours.values()) {
      this.#letGoIfDry(neighbour);
      if (this.#offers.forgiven(neighbour, this.#nowMs)) this.#ask(neighbour);
      const silenceMs = this.#nowMs - neighbour.heardAtMs;
      if (neighbour.askedBlocks > 0 && silenceMs >= this.#settings.snubMs) this.#snub(neighbour);
    }
  }

  /**
   * In the middle of a block it may go on writing to it: then it has to go. Else it is told that nothing need come any
   * more: after an outage of its line all that it owed us would come, and others have been asked for it by then.
   */
  #snub(neighbour: Neighbour): void {
    const { peer } = neighbour;
    const owed = [...neighbour.asked].flatMap(([piece, blocks]) =>
      [...blocks].map((block) => ({ piece, block })),
    );
    const isSending = owed.some(({ piece, block }) => this.#open.of(piece)?.isArrivingFrom(block, peer));
    if (isSending) this.#emit({ kind: 'dropPeer', peer, reason: 'it stopped in the middle of a block' });
    else for (const { piece, block } of owed) this.#requests.cancel(neighbour, piece, block);
    neighbour.isSnubbed = true;
    this.#releaseAll(neighbour);
    this.#interest.review(neighbour);
  }

  /** What was asked for is cancelled, and can be asked of anybody later; a block that comes in already is taken. */
  pause(): void {
    this.#isPaused = true;
    for (const neighbour of this.#neighbours.values()) {
      for (const [piece, blocks] of [...neighbour.asked]) {
        for (const block of [...blocks]) {
          if (this.#open.of(piece)?.isArrivingFrom(block, neighbour.peer)) continue;
          this.#requests.cancel(neighbour, piece, block);
          this.#sources.remove(neighbour, piece, block);
          this.#release(neighbour, piece, block);
        }
      }
    }
    this.#interest.reviewAll();
  }

  resume(): void {
    this.#isPaused = false;
    this.askAll();
  }

  /** Asks again where a limit was in the way before. */
  askAll(): void {
    this.#isRoomNew = false;
    for (const neighbour of this.#neighbours.values()) this.#ask(neighbour);
  }

  #ask(neighbour: Neighbour): void {
    while (this.#isAskable(neighbour) && this.#sources.isLow(neighbour)) {
      const partial = this.#choice.next(neighbour);
      const owed = neighbour.askedBlocks;
      if (partial) this.#askBlocks(neighbour, partial);
      if (neighbour.askedBlocks === owed) break;
    }
    this.#interest.review(neighbour);
  }

  #askBlocks(neighbour: Neighbour, partial: PartialPiece): void {
    const isLate = partial.freeBlocks === 0;
    this.#requests.ask(neighbour, partial, this.#nowMs);
    if (isLate) this.#interest.reviewAll();
    else if (partial.freeBlocks === 0) this.#unwant(partial.piece);
  }

  #cancelOthers(piece: number, block: number): void {
    for (const other of this.#neighbours.values()) {
      if (!this.#requests.takeBack(other, piece, block)) continue;
      this.#letGoIfDry(other);
      this.#interest.review(other);
    }
  }

  #releaseAll(neighbour: Neighbour): void {
    if (neighbour.askedBlocks > 0) this.#want(this.#requests.letGoAll(neighbour));
  }

  #release(neighbour: Neighbour, piece: number, block: number): void {
    if (this.#requests.letGo(neighbour, piece, block)) this.#want([piece]);
  }

  /** All of them are wanted before any is asked for: whoever is asked for one may be asked for the others as well. */
  #want(pieces: readonly number[]): void {
    for (const piece of pieces) this.#offers.want(piece);
    // Whoever lets us ask already need not say so again.
    for (const neighbour of this.#neighbours.values())
      if (pieces.some((piece) => neighbour.open.has(piece))) this.#ask(neighbour);
    this.#interest.reviewAll();
  }

  #unwant(piece: number): void {
    this.#offers.unwant(piece);
    if (this.#offers.wanted.size === 0) this.#interest.reviewAll();
  }

  /**
   * After everything that happens. Who lets us ask and had to wait for room need not say so again; and in the end game a
   * block more or less changes what others can serve.
   */
  settle(): void {
    if (this.#isRoomNew) this.askAll();
    if (this.isDone || (this.#offers.wanted.size > 0 && !this.#isPaused)) return;
    for (const neighbour of this.#neighbours.values()) this.#letGo(neighbour);
    this.#interest.reviewAll();
  }

  /** What it was asked for may have come from others, and it may have been silent for long by then. */
  #letGoIfDry(neighbour: Neighbour): void {
    if (this.#nowMs - neighbour.heardAtMs >= DRY_MS) this.#letGo(neighbour);
  }

  /** A source that has nothing that we want is waited for no longer. */
  #letGo(neighbour: Neighbour): void {
    if (this.#sources.release(neighbour)) this.#interest.review(neighbour);
  }

  /** Whether an unchoke of this peer would be made use of. */
  #canServe(neighbour: Neighbour): boolean {
    if (this.#isPaused) return false;
    if (neighbour.wantedPieces > 0) return true;
    return this.#offers.wanted.size === 0 && !this.isDone && this.#choice.late(neighbour) !== undefined;
  }

  /** It lets us ask, and is a source already or may become one. */
  #isAskable(neighbour: Neighbour): boolean {
    const { areWeUnchoked, isSnubbed } = neighbour;
    return areWeUnchoked && !isSnubbed && !this.#isPaused && this.#sources.isWelcome(neighbour);
  }
}
