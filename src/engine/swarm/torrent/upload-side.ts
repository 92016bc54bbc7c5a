import type { Chance } from '../policy/chance.ts';
import { nextGrant } from '../policy/grant-choker.ts';
import type { PieceDealer } from '../policy/piece-dealer.ts';
import type { PieceSet } from '../policy/piece-set.ts';
import type { BlockAddress, Message } from '../wire/message.ts';
import { bitsOf } from './bitfield.ts';
import { Dealing } from './dealing.ts';
import type { Geometry } from './geometry.ts';
import type { Grant, Neighbour } from './neighbour.ts';
import type { EmitEffect } from './swarm-effect.ts';

/** What the sending side needs to know. */
export interface UploadSettings {
  readonly geometry: Geometry;
  readonly chance: Chance;
  /** Grants at a time. */
  readonly slots: number;
  /** A seeder that deals every piece once before any twice; undefined: everything is announced and served at once. */
  readonly dealer: PieceDealer | undefined;
  /** Bytes on one connection that may wait to leave: the next grant is made while they do. */
  readonly unsentBytes: number;
  /** A grant that nobody makes use of goes to the next after this time at the latest. */
  readonly patienceMs: number;
}

/** Longest block that we serve: what everybody asks for is 16 KiB; some ask for twice that. */
export const SERVED_BLOCK_BYTES = 32_768;
/** Share of a new answer in the average of how long they take (RFC 6298, section 2, has 1/8 for round trips). */
const ANSWER_GAIN = 1 / 16;
/** A grant is waited for so many times as long as answers take on average. */
const PATIENT_ANSWERS = 3;
/**
 * Pieces by which a neighbour has to be poorer to be given the slot of another. In the virtual lab, 20 machines: 4 to 16
 * are alike, without a margin they need 0.8 % more time, with a slot that changes hands at every piece 1.2 % more time
 * and 11 % more messages.
 */
const POORER_BY = 8;
/**
 * Who is not being served hears of so many new pieces together, or of fewer after this time: each message of its own
 * wakes a process and takes a system call at either end. In the virtual lab up to half a second makes no difference.
 */
const TOLD_TOGETHER = 4;
const TOLD_MS = 200;
/** Behind all that did make use of their grants. */
const IDLE_WEALTH = 2 ** 31;
/** Requests of one peer that wait at a time; peers are told of it. */
export const QUEUED_REQUESTS = 2048;

/**
 * The sending side of a torrent. An upload is a grant: an unchoke for a piece's worth of bytes. When these have been
 * handed to the connection it is renewed without a word, unless a neighbour waits that is poorer by more than a few
 * pieces. So the same few go on sending to the same few, nobody waits for an answer at every piece, and all are done
 * together. A seeder that deals goes round: what is fresh has to be in many places.
 */
export class UploadSide {
  readonly #settings: UploadSettings;
  readonly #neighbours: ReadonlyMap<number, Neighbour>;
  readonly #emit: EmitEffect;
  readonly #held: PieceSet;
  readonly #dealing: Dealing | undefined;
  #grants = 0;
  /** Pieces that came to us, in their order. */
  readonly #news: number[] = [];
  #toldAtMs = 0;
  #isPaused = false;
  /** How long it takes from an unchoke to the first request, on average [ms]. */
  #answerMs: number;
  #peers = new Int32Array(0);

  constructor(
    settings: UploadSettings,
    torrent: { neighbours: ReadonlyMap<number, Neighbour>; held: PieceSet; emit: EmitEffect },
  ) {
    this.#settings = settings;
    this.#answerMs = settings.patienceMs;
    this.#neighbours = torrent.neighbours;
    this.#held = torrent.held;
    this.#emit = torrent.emit;
    const { dealer, geometry } = settings;
    const table = { ...torrent, geometry, send: this.#send.bind(this) };
    this.#dealing = dealer && new Dealing(dealer, table);
  }

  /** Says what we have: everything that is not kept for dealing. */
  joined(neighbour: Neighbour, nowMs: number): void {
    this.#peers = Int32Array.from(this.#neighbours.keys());
    if (this.#isDealing()) {
      this.#dealing!.joined(neighbour);
      if (neighbour.hasFast) this.#send(neighbour, { kind: 'haveNone' });
    } else this.#introduce(neighbour);
    neighbour.knownNews = this.#news.length;
    this.fill(nowMs);
  }

  left(neighbour: Neighbour, nowMs: number): void {
    this.#peers = Int32Array.from(this.#neighbours.keys());
    this.#dealing?.left(neighbour);
    if (neighbour.grant) this.#grants--;
    neighbour.grant = undefined;
    this.fill(nowMs);
  }

  /** Nobody is served, not even with what was asked for. */
  pause(): void {
    this.#isPaused = true;
    for (const neighbour of this.#neighbours.values()) {
      if (neighbour.grant) this.#endGrant(neighbour);
      for (const block of neighbour.queue.splice(0)) this.#reject(neighbour, block);
    }
  }

  resume(nowMs: number): void {
    this.#isPaused = false;
    this.fill(nowMs);
  }

  becameInterested(neighbour: Neighbour, nowMs: number): void {
    neighbour.isInterested = true;
    this.fill(nowMs);
  }

  /**
   * What was granted and not asked for goes to the next: the grant was declined. What was dealt is never declined, these
   * words have crossed it on their way; if it is not asked for, it is taken back later (`ticked`).
   */
  lostInterest(neighbour: Neighbour, nowMs: number): void {
    neighbour.isInterested = false;
    const isDealt = this.#isDealing() && neighbour.grant?.isUsed === false;
    if (neighbour.grant && !isDealt && neighbour.queue.length === 0) this.#endGrant(neighbour);
    this.fill(nowMs);
  }

  requested(neighbour: Neighbour, block: BlockAddress, nowMs: number): void {
    if (!this.#settings.geometry.hasRange(block, SERVED_BLOCK_BYTES)) {
      this.#emit({ kind: 'dropPeer', peer: neighbour.peer, reason: 'it asked for bytes that no piece has' });
      return;
    }
    const isServed =
      neighbour.grant && this.#mayHave(neighbour, block.piece) && neighbour.queue.length < QUEUED_REQUESTS;
    if (!isServed) return this.#reject(neighbour, block);
    this.#use(neighbour.grant!, nowMs);
    neighbour.isIdle = false;
    neighbour.queue.push(block);
    this.#pump(neighbour, nowMs);
  }

  #use(grant: Grant, nowMs: number): void {
    if (!grant.isUsed) this.#answerMs += ANSWER_GAIN * (nowMs - grant.usedAtMs - this.#answerMs);
    grant.isUsed = true;
    grant.usedAtMs = nowMs;
  }

  cancelled(neighbour: Neighbour, { piece, begin, length }: BlockAddress): void {
    const place = neighbour.queue.findIndex(
      (block) => block.piece === piece && block.begin === begin && block.length === length,
    );
    if (place === -1) return;
    const [block] = neighbour.queue.splice(place, 1);
    this.#reject(neighbour, block!);
  }

  sent(neighbour: Neighbour, bytes: number, nowMs: number): void {
    neighbour.unsentBytes -= bytes;
    if (neighbour.grant) neighbour.grant.usedAtMs = nowMs;
    this.#pump(neighbour, nowMs);
    if (!neighbour.grant) this.fill(nowMs);
  }

  /** A piece that we have now. Whom we serve hears of it at once, everybody else with the next few. */
  stored(piece: number, nowMs: number): void {
    this.#news.push(piece);
    for (const neighbour of this.#neighbours.values()) {
      if (neighbour.grant || this.#news.length - neighbour.knownNews >= TOLD_TOGETHER) this.#tell(neighbour);
    }
    this.fill(nowMs);
  }

  /** Says what a neighbour does not know that we have, and lacks. */
  #tell(neighbour: Neighbour): void {
    while (neighbour.knownNews < this.#news.length) {
      const piece = this.#news[neighbour.knownNews++]!;
      if (!neighbour.pieces.has(piece)) this.#send(neighbour, { kind: 'have', piece });
    }
  }

  #tellAll(): void {
    for (const neighbour of this.#neighbours.values()) this.#tell(neighbour);
  }

  ticked(nowMs: number): void {
    if (nowMs - this.#toldAtMs >= TOLD_MS) {
      this.#toldAtMs = nowMs;
      this.#tellAll();
    }
    const patienceMs = Math.min(this.#settings.patienceMs, PATIENT_ANSWERS * this.#answerMs);
    for (const neighbour of this.#neighbours.values()) {
      const { grant, queue, unsentBytes } = neighbour;
      if (!grant || queue.length > 0 || unsentBytes > 0) continue;
      if (nowMs - grant.usedAtMs < patienceMs) continue;
      neighbour.isIdle = true;
      this.#endGrant(neighbour);
    }
    this.#dealing?.takeBackUnmovedSince(nowMs - this.#settings.patienceMs);
    this.fill(nowMs);
  }

  /** Grants until all slots are taken or nobody wants anything. */
  fill(nowMs: number): void {
    while (!this.#isPaused && this.#grants < this.#settings.slots) {
      const neighbour = this.#next();
      // Nobody wants anything, or does not know that it does.
      if (!neighbour) return this.#tellAll();
      this.#grant(neighbour, nowMs);
    }
  }

  #next(): Neighbour | undefined {
    const peer = this.#isDealing()
      ? this.#dealing!.nextReceiver(this.#peers, (neighbour) => this.#isFree(neighbour))
      : nextGrant(
          {
            neighbours: this.#peers,
            wealthOf: (candidate) => wealthOf(this.#neighbours.get(candidate)!),
            canReceive: (candidate) => this.#canReceive(this.#neighbours.get(candidate)!),
          },
          this.#settings.chance,
        );
    return this.#neighbours.get(peer);
  }

  #canReceive(neighbour: Neighbour): boolean {
    return neighbour.isInterested && this.#isFree(neighbour);
  }

  /** It has no grant, and of the last one not much is left to leave. */
  #isFree({ grant, queue, unsentBytes }: Neighbour): boolean {
    return !grant && queue.length === 0 && unsentBytes <= this.#settings.unsentBytes;
  }

  #grant(neighbour: Neighbour, nowMs: number): void {
    this.#grants++;
    this.#tell(neighbour);
    neighbour.grant = { leftBytes: this.#settings.geometry.pieceBytes, usedAtMs: nowMs, isUsed: false };
    if (this.#isDealing()) this.#dealing!.deal(neighbour, nowMs);
    this.#send(neighbour, { kind: 'unchoke' });
  }

  /** Hands blocks to the connection, few at a time: what waits there delays what is said after it. */
  #pump(neighbour: Neighbour, nowMs: number): void {
    while (neighbour.queue.length > 0 && neighbour.unsentBytes < this.#settings.unsentBytes) {
      const block = neighbour.queue.shift()!;
      neighbour.unsentBytes += block.length;
      this.#emit({ kind: 'sendBlock', peer: neighbour.peer, block });
      this.#dealing?.sent(neighbour, block, nowMs);
      if (!neighbour.grant) continue;
      neighbour.grant.leftBytes -= block.length;
      if (neighbour.grant.leftBytes <= 0) this.#renewOrPassOn(neighbour, nowMs);
    }
  }

  #renewOrPassOn(neighbour: Neighbour, nowMs: number): void {
    neighbour.usedGrants++;
    const next = this.#next();
    if (next && (this.#isDealing() || isPoorer(next, neighbour))) {
      this.#endGrant(neighbour);
      this.#grant(next, nowMs);
      return;
    }
    neighbour.grant!.leftBytes += this.#settings.geometry.pieceBytes;
    if (this.#isDealing()) this.#dealing!.deal(neighbour, nowMs);
  }

  /** What was asked for before the choke is still served; without the fast extension the choke has made it void. */
  #endGrant(neighbour: Neighbour): void {
    this.#grants--;
    neighbour.grant = undefined;
    if (!neighbour.hasFast) neighbour.queue.length = 0;
    this.#emit({ kind: 'sendBehindBlocks', peer: neighbour.peer, message: { kind: 'choke' } });
  }

  /** BEP 6; others know by the choke. It goes behind the choke, or the peer would ask again at once. */
  #reject({ hasFast, peer }: Neighbour, block: BlockAddress): void {
    if (hasFast) this.#emit({ kind: 'sendBehindBlocks', peer, message: { ...block, kind: 'reject' } });
  }

  /** Somebody has the piece. */
  announced(piece: number): void {
    this.#dealing?.announced(piece);
  }

  #isDealing(): boolean {
    return this.#dealing?.isGoingOn === true;
  }

  #mayHave(neighbour: Neighbour, piece: number): boolean {
    return this.#held.has(piece) && (this.#dealing?.mayHave(neighbour, piece) ?? true);
  }

  #introduce(neighbour: Neighbour): void {
    const { pieces } = this.#settings.geometry;
    if (neighbour.hasFast && this.#held.size === pieces) return this.#send(neighbour, { kind: 'haveAll' });
    if (neighbour.hasFast && this.#held.size === 0) return this.#send(neighbour, { kind: 'haveNone' });
    if (this.#held.size > 0) this.#send(neighbour, { kind: 'bitfield', bits: bitsOf(this.#held, pieces) });
  }

  #send(neighbour: Neighbour, message: Message): void {
    this.#emit({ kind: 'sendMessage', peer: neighbour.peer, message });
  }
}

/** [piece] Who does not say what it has is taken at what we gave it. */
function wealthOf({ pieces, usedGrants, isIdle }: Neighbour): number {
  return Math.max(pieces.size, usedGrants) + (isIdle ? IDLE_WEALTH : 0);
}

function isPoorer(neighbour: Neighbour, other: Neighbour): boolean {
  return wealthOf(neighbour) + POORER_BY < wealthOf(other);
}
