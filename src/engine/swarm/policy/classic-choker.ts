import type { Chance } from './chance.ts';

/** Time between two rounds (Cohen 2003, section 3.2). */
export const ROUND_MS = 10_000;
/** How long the optimistic unchoke stays with one peer (BEP 3). */
const OPTIMISTIC_MS = 30_000;
/** A new peer is this many times as likely to be the next optimistic unchoke (BEP 3). */
const NEW_PEER_LIKELIER = 3;

/** What an uploader knows of its neighbours at a round. */
export interface ChokeRound {
  readonly nowMs: number;
  isInterested(peer: number): boolean;
  /** Bytes of the last 20 s: what the peer gave us or, when we have everything, what it took. */
  exchangedBytes(peer: number): number;
}

/**
 * Choking as in BEP 3 and Cohen 2003, section 3: a round every ten seconds, and nothing changes in between. The slots go
 * to the interested peers that exchange most with us, equal ones by chance. One unchoke is optimistic: it goes to the
 * peer whose turn it is, whatever it gives, for thirty seconds. That one takes a slot only when it is interested.
 */
export class ClassicChoker {
  readonly #slots: number;
  readonly #chance: Chance;
  /** All neighbours, the one whose turn it is first. */
  readonly #turns: number[] = [];
  #unchoked: number[] = [];
  #turnedAtMs = Number.NEGATIVE_INFINITY;

  constructor(slots: number, chance: Chance) {
    this.#slots = slots;
    this.#chance = chance;
  }

  joined(peer: number): void {
    const place = this.#chance.below(this.#turns.length + NEW_PEER_LIKELIER) - (NEW_PEER_LIKELIER - 1);
    this.#turns.splice(Math.max(0, place), 0, peer);
  }

  left(peer: number): void {
    remove(this.#turns, peer);
    remove(this.#unchoked, peer);
  }

  /** Who is unchoked since the last round. */
  get unchoked(): readonly number[] {
    return this.#unchoked;
  }

  /** Decides anew. @returns who is unchoked from now on */
  rechoke(round: ChokeRound): readonly number[] {
    if (round.nowMs - this.#turnedAtMs >= OPTIMISTIC_MS) this.#turn(round);
    const ranked = this.#ranked(round);
    const regular = ranked.slice(0, this.#slots - 1);
    const optimistic = this.#turns.find((peer) => !regular.includes(peer));
    const isSlotTaken = optimistic === undefined || ranked.includes(optimistic);
    if (!isSlotTaken) regular.push(...ranked.slice(this.#slots - 1, this.#slots));
    this.#unchoked = optimistic === undefined ? regular : [...regular, optimistic];
    return this.#unchoked;
  }

  /** The turn goes to the next interested peer that is choked, if there is one. */
  #turn(round: ChokeRound): void {
    this.#turnedAtMs = round.nowMs;
    const next = this.#turns.findIndex((peer) => round.isInterested(peer) && !this.#unchoked.includes(peer));
    if (next > 0) this.#turns.push(...this.#turns.splice(0, next));
  }

  /** Interested peers, those that exchange most first. */
  #ranked(round: ChokeRound): number[] {
    return this.#turns
      .filter((peer) => round.isInterested(peer))
      .map((peer) => ({ peer, bytes: round.exchangedBytes(peer), lot: this.#chance.below(0x7fff_ffff) }))
      .sort((a, b) => b.bytes - a.bytes || a.lot - b.lot)
      .map(({ peer }) => peer);
  }
}

function remove(peers: number[], peer: number): void {
  const place = peers.indexOf(peer);
  if (place !== -1) peers.splice(place, 1);
}
