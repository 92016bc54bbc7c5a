import type { Chance } from '../policy/chance.ts';
import { nextGrant } from '../policy/grant-choker.ts';
import type { PieceDealer } from '../policy/piece-dealer.ts';
import { PieceSet } from '../policy/piece-set.ts';
import type { BlockAddress, Message } from '../wire/message.ts';
import { bitsOf } from './bitfield.ts';
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
/** Requests of one peer that wait at a time; peers are told of it. */
export const QUEUED_REQUESTS = 2048;

/**
 * The sending side of a torrent. An upload is a grant: an unchoke for a piece's worth of bytes. When these have been
 * handed to the connection the grant goes to the next neighbour that wants something, or is renewed without a word when
 * nobody waits. So a slot is never idle, and who gets what is settled one piece ahead, not seconds ahead.
 */
export class UploadSide {
  readonly #settings: UploadSettings;
  readonly #neighbours: ReadonlyMap<number, Neighbour>;
  readonly #emit: EmitEffect;
  readonly #held: PieceSet;
  /** By peer: pieces that a dealing seeder has announced to it. */
  readonly #revealed = new Map<number, PieceSet>();
  #grants = 0;
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
  }

  /** Says what we have: everything that is not kept for dealing. */
  joined(neighbour: Neighbour, nowMs: number): void {
    this.#peers = Int32Array.from(this.#neighbours.keys());
    if (this.#isDealing()) {
      this.#revealed.set(neighbour.peer, new PieceSet(this.#settings.geometry.pieces));
      if (neighbour.hasFast) this.#send(neighbour, { kind: 'haveNone' });
    } else this.#introduce(neighbour);
    this.fill(nowMs);
  }

  left(neighbour: Neighbour, nowMs: number): void {
    this.#peers = Int32Array.from(this.#neighbours.keys());
    this.#takeBack(neighbour);
    if (neighbour.grant) this.#grants--;
    neighbour.grant = undefined;
    this.fill(nowMs);
  }

  becameInterested(neighbour: Neighbour, nowMs: number): void {
    neighbour.isInterested = true;
    this.fill(nowMs);
  }

  /**
   * What was granted and not asked for goes to the next. A grant that was not made use of yet may have crossed these
   * words on its way: it is taken back when the peer has had time to ask (`ticked`), or its requests would be in vain.
   */
  lostInterest(neighbour: Neighbour, nowMs: number): void {
    neighbour.isInterested = false;
    if (neighbour.grant?.isUsed && neighbour.queue.length === 0) this.#endGrant(neighbour);
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
    if (!neighbour.grant) return this.fill(nowMs);
    neighbour.grant.usedAtMs = nowMs;
    this.#pump(neighbour, nowMs);
  }

  /** Tells everybody of a piece that we have now. */
  stored(piece: number, nowMs: number): void {
    for (const neighbour of this.#neighbours.values()) {
      if (!neighbour.pieces.has(piece)) this.#send(neighbour, { kind: 'have', piece });
    }
    this.fill(nowMs);
  }

  ticked(nowMs: number): void {
    const patienceMs = Math.min(this.#settings.patienceMs, PATIENT_ANSWERS * this.#answerMs);
    for (const neighbour of this.#neighbours.values()) {
      const { grant, queue, unsentBytes } = neighbour;
      if (!grant || queue.length > 0 || unsentBytes > 0) continue;
      if (nowMs - grant.usedAtMs < patienceMs) continue;
      neighbour.isIdle = true;
      this.#endGrant(neighbour);
    }
    this.fill(nowMs);
  }

  /** Grants until all slots are taken or nobody wants anything. */
  fill(nowMs: number): void {
    while (this.#grants < this.#settings.slots) {
      const neighbour = this.#next();
      if (!neighbour) return;
      this.#grant(neighbour, nowMs);
    }
  }

  #next(): Neighbour | undefined {
    const { dealer, chance } = this.#settings;
    const peer = this.#isDealing()
      ? dealer!.nextReceiver(this.#peers, (candidate) => this.#canBeDealt(this.#neighbours.get(candidate)!))
      : nextGrant(
          {
            neighbours: this.#peers,
            downloadsOf: (candidate) => (this.#neighbours.get(candidate)!.isIdle ? 2 : 1),
            canReceive: (candidate) => this.#canReceive(this.#neighbours.get(candidate)!),
          },
          chance,
        );
    return this.#neighbours.get(peer);
  }

  #canReceive({ isInterested, grant, unsentBytes }: Neighbour): boolean {
    return isInterested && !grant && unsentBytes <= this.#settings.unsentBytes;
  }

  #canBeDealt({ grant, unsentBytes, pieces }: Neighbour): boolean {
    return !grant && unsentBytes <= this.#settings.unsentBytes && this.#settings.dealer!.hasFreshFor(pieces);
  }

  #grant(neighbour: Neighbour, nowMs: number): void {
    this.#grants++;
    neighbour.grant = { leftBytes: this.#settings.geometry.pieceBytes, usedAtMs: nowMs, isUsed: false };
    if (this.#isDealing()) this.#deal(neighbour);
    this.#send(neighbour, { kind: 'unchoke' });
  }

  /** Hands blocks to the connection, few at a time: what waits there delays what is said after it. */
  #pump(neighbour: Neighbour, nowMs: number): void {
    while (
      neighbour.grant &&
      neighbour.queue.length > 0 &&
      neighbour.unsentBytes < this.#settings.unsentBytes
    ) {
      const block = neighbour.queue.shift()!;
      neighbour.unsentBytes += block.length;
      neighbour.grant.leftBytes -= block.length;
      this.#emit({ kind: 'sendBlock', peer: neighbour.peer, block });
      if (neighbour.grant.leftBytes <= 0) this.#renewOrPassOn(neighbour, nowMs);
    }
  }

  #renewOrPassOn(neighbour: Neighbour, nowMs: number): void {
    const next = this.#next();
    if (next) {
      this.#endGrant(neighbour);
      this.#grant(next, nowMs);
      return;
    }
    neighbour.grant!.leftBytes += this.#settings.geometry.pieceBytes;
    if (this.#isDealing() && this.#settings.dealer!.hasFreshFor(neighbour.pieces)) this.#deal(neighbour);
  }

  #endGrant(neighbour: Neighbour): void {
    this.#grants--;
    neighbour.grant = undefined;
    this.#emit({ kind: 'sendBehindBlocks', peer: neighbour.peer, message: { kind: 'choke' } });
    for (const block of neighbour.queue.splice(0)) this.#reject(neighbour, block);
  }

  /** BEP 6; others know by the choke. It goes behind the choke, or the peer would ask again at once. */
  #reject({ hasFast, peer }: Neighbour, block: BlockAddress): void {
    if (hasFast) this.#emit({ kind: 'sendBehindBlocks', peer, message: { ...block, kind: 'reject' } });
  }

  /** Somebody has the piece: whoever lacks it can have it from there. */
  announced(piece: number): void {
    if (!this.#isDealing()) return;
    this.#settings.dealer!.pass(piece);
    if (!this.#isDealing()) this.#revealAll();
  }

  #isDealing(): boolean {
    return this.#settings.dealer?.hasFresh() === true;
  }

  #deal(neighbour: Neighbour): void {
    const piece = this.#settings.dealer!.deal(neighbour.pieces);
    this.#revealed.get(neighbour.peer)?.add(piece);
    this.#send(neighbour, { kind: 'have', piece });
    if (!this.#settings.dealer!.hasFresh()) this.#revealAll();
  }

  /** Everything has been dealt once: from now on everybody may ask for anything. */
  #revealAll(): void {
    for (const neighbour of this.#neighbours.values()) {
      const revealed = this.#revealed.get(neighbour.peer);
      for (const piece of this.#held) {
        if (neighbour.pieces.has(piece) || revealed?.has(piece)) continue;
        this.#send(neighbour, { kind: 'have', piece });
      }
    }
    this.#revealed.clear();
  }

  /** What was dealt to a peer that has gone, and nobody else has, is dealt again. */
  #takeBack(neighbour: Neighbour): void {
    const revealed = this.#revealed.get(neighbour.peer);
    this.#revealed.delete(neighbour.peer);
    if (!revealed || !this.#isDealing()) return;
    const others = [...this.#neighbours.values()];
    for (const piece of revealed) {
      const isElsewhere = others.some(
        (other) => other.pieces.has(piece) || this.#revealed.get(other.peer)?.has(piece),
      );
      if (!isElsewhere) this.#settings.dealer!.takeBack(piece);
    }
  }

  #mayHave(neighbour: Neighbour, piece: number): boolean {
    return this.#held.has(piece) && (this.#revealed.get(neighbour.peer)?.has(piece) ?? true);
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
