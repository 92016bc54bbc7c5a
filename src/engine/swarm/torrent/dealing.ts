import { DealOrder } from '../policy/deal-order.ts';
import type { PieceDealer } from '../policy/piece-dealer.ts';
import { PieceSet } from '../policy/piece-set.ts';
import type { BlockAddress } from '../wire/message.ts';
import { ArrivingPieces } from './arriving-pieces.ts';
import type { Neighbour } from './neighbour.ts';
import type { Showing, ShowTable } from './showing.ts';
import { areApart } from './site-gate.ts';

/** A piece that was dealt and has not left. */
interface DealtPiece {
  readonly receiver: number;
  leftBytes: number;
}

/** What a neighbour has still to be told of in the end: from piece `next` on, but for what it was shown. */
interface Untold {
  readonly shown: PieceSet;
  next: number;
}

/**
 * Pieces that each neighbour is told of at a time in the end: that is a message for every piece and neighbour, and one
 * neighbour that has everything can bring the end about with a single message.
 */
const TOLD_AT_ONCE = 256;
/** Grants for the same piece that a receiver may miss in a row. */
const MOST_MISSED = 4;

/**
 * What a seeder that deals has shown to whom: every piece to one receiver, until a copy of all of them is there. To show
 * everything when the last piece was dealt and had not been sent would have many ask for the last few pieces: in the
 * virtual lab, 20 machines, that sent 12 % of a copy twice and took 1 % more time, 3 % with 5 machines. Shown when all
 * has left and is not there, by a server at two fifths of the machines' rate, it is 9 % and 1.7 %.
 */
export class Dealing implements Showing {
  readonly #dealer: PieceDealer;
  readonly #order = new DealOrder();
  readonly #table: ShowTable;
  /** By peer: pieces that it was told of. */
  readonly #shown = new Map<number, PieceSet>();
  readonly #dealt = new Map<number, DealtPiece>();
  readonly #arriving = new ArrivingPieces();
  /** Those that may say at once what they have, as our own clients do. */
  readonly #telling = new Set<number>();
  /** By peer, once everything has been dealt. */
  readonly #untold = new Map<number, Untold>();
  /** By peer: grants in a row that it did not make use of in time. */
  readonly #missed = new Map<number, number>();
  #isOver = false;

  constructor(dealer: PieceDealer, table: ShowTable) {
    this.#dealer = dealer;
    this.#table = table;
  }

  /** Whether some piece was not dealt yet, or is on its way to its receiver. */
  get isGoingOn(): boolean {
    return !this.#isOver;
  }

  get isChoosing(): boolean {
    return this.isGoingOn;
  }

  arriving(nowMs: number): number {
    return this.#arriving.count(nowMs);
  }

  joined(neighbour: Neighbour): void {
    this.#shown.set(neighbour.peer, new PieceSet(this.#table.geometry.pieces));
  }

  /** What was dealt to a peer that has gone, and nobody else has, is dealt again. */
  left(neighbour: Neighbour): void {
    const shown = this.#shown.get(neighbour.peer);
    this.#shown.delete(neighbour.peer);
    this.#untold.delete(neighbour.peer);
    this.#missed.delete(neighbour.peer);
    this.#telling.delete(neighbour.peer);
    this.#arriving.forget(neighbour.peer);
    this.#order.left(neighbour.peer);
    if (!shown || !this.isGoingOn) return;
    const others = [...this.#table.neighbours.values()];
    for (const piece of shown) {
      const isElsewhere = others.some(
        (other) => other.pieces.has(piece) || this.#shown.get(other.peer)?.has(piece),
      );
      if (!isElsewhere) this.#takeBack(piece);
    }
  }

  lapsed({ peer }: Neighbour): void {
    this.#missed.set(peer, (this.#missed.get(peer) ?? 0) + 1);
  }

  /** What it was dealt is dealt to somebody else as well: others are not to wait for it. */
  slowed({ peer }: Neighbour): void {
    this.#arriving.forget(peer);
    for (const [piece, { receiver }] of this.#dealt) if (receiver === peer) this.#takeBack(piece);
  }

  /** Another seeder that deals has everything, and fetches nothing of what it may have been dealt before it said so. */
  introduced(neighbour: Neighbour): void {
    this.#telling.add(neighbour.peer);
    if (neighbour.isDealer || this.#isFar(neighbour)) this.#order.left(neighbour.peer);
    if (!neighbour.isDealer) return;
    this.slowed(neighbour);
    this.#shown.get(neighbour.peer)?.clear();
  }

  /**
   * Whoever lacks the piece can have it from there, but for a seeder that deals, which tells of what it has and not of
   * what is in the swarm. Who was dealt the piece and had it from others has its grant for another.
   */
  announced(neighbour: Neighbour, piece: number, nowMs: number): void {
    if (!this.isGoingOn || neighbour.isDealer) return;
    this.#order.announced(piece, neighbour.peer, nowMs);
    this.#arriving.arrived(piece, nowMs);
    const isUnfetched = this.#isUnfetched(neighbour, piece);
    this.#pass(piece, nowMs);
    if (!neighbour.grant || !isUnfetched) return;
    neighbour.grant.usedAtMs = nowMs;
    this.granted(neighbour, nowMs);
  }

  sent(neighbour: Neighbour, { piece, length }: BlockAddress, nowMs: number): void {
    this.#missed.delete(neighbour.peer);
    const dealt = this.#dealt.get(piece);
    if (dealt?.receiver !== neighbour.peer) return;
    dealt.leftBytes -= length;
    if (dealt.leftBytes > 0) return;
    if (this.#isTelling(neighbour)) this.#arriving.add(piece, neighbour.peer, nowMs);
    this.#pass(piece, nowMs);
  }

  lostInterest({ peer }: Neighbour, nowMs: number): void {
    this.#arriving.allArrived(peer, nowMs);
    this.#endIfOver();
  }

  ticked(nowMs: number): void {
    if (!this.isGoingOn) return this.#tellMore();
    this.#arriving.ticked(nowMs);
    this.#dealer.passLate(nowMs);
    this.#endIfOver();
  }

  /** Of those to whom something fresh can be dealt, or that have still to fetch what they were dealt. */
  nextReceiver(peers: Int32Array, canReceive: (neighbour: Neighbour) => boolean, nowMs: number): number {
    const of = (peer: number): Neighbour => this.#table.neighbours.get(peer)!;
    const canTake = (neighbour: Neighbour): boolean =>
      (this.#dealer.hasFreshFor(neighbour.pieces) || this.#owes(neighbour)) &&
      !neighbour.isDealer &&
      canReceive(neighbour);
    const choice = {
      receivers: peers,
      canTake: (peer: number) => canTake(of(peer)),
      wealthOf: (peer: number) => of(peer).pieces.size,
      isBehind: (peer: number) => this.#isBehind(of(peer)),
    };
    return this.#order.next(choice, nowMs);
  }

  /** Shows a receiver one fresh piece, where there is one that it lacks and nothing that it should fetch before. */
  granted(neighbour: Neighbour, nowMs: number): void {
    if (this.#isBehind(neighbour) || !this.#dealer.hasFreshFor(neighbour.pieces)) return;
    const piece = this.#dealer.deal(neighbour.pieces, nowMs);
    const shown = this.#shown.get(neighbour.peer)!;
    const leftBytes = this.#table.geometry.bytesOf(piece);
    this.#dealt.set(piece, { receiver: neighbour.peer, leftBytes });
    if (!this.#isFar(neighbour)) this.#order.dealt(piece, neighbour.peer, nowMs);
    // It may be dealt for the second time.
    if (!shown.has(piece)) this.#table.send(neighbour, { kind: 'have', piece });
    shown.add(piece);
  }

  /** Once everything is shown everybody may. */
  mayHave({ peer }: Neighbour, piece: number): boolean {
    return this.#shown.get(peer)?.has(piece) ?? true;
  }

  /**
   * Whether it has missed a grant, and would fetch the piece of that with this one; a new piece it would fetch with its
   * next grant, or never. Who goes on missing them need not want it: it may have it from others, and not say so.
   */
  #isBehind(neighbour: Neighbour): boolean {
    const missed = this.#missed.get(neighbour.peer) ?? 0;
    return missed > 0 && missed <= MOST_MISSED && this.#owes(neighbour);
  }

  /** At another site it takes long, and what goes there others wait for; so it does to one that is slow. */
  #isTelling(neighbour: Neighbour): boolean {
    return this.#telling.has(neighbour.peer) && !neighbour.isSlow && !this.#isFar(neighbour);
  }

  #isFar({ site }: Neighbour): boolean {
    return areApart(this.#table.place.site, site);
  }

  /** Whether it was dealt a piece of which it has still to fetch something. */
  #owes({ peer, pieces }: Neighbour): boolean {
    return this.#dealt.entries().some(([piece, { receiver }]) => receiver === peer && !pieces.has(piece));
  }

  /** Whether it was dealt the piece, and has not asked for any of it. */
  #isUnfetched({ peer, queue }: Neighbour, piece: number): boolean {
    const dealt = this.#dealt.get(piece);
    if (dealt?.receiver !== peer || queue.some((block) => block.piece === piece)) return false;
    return dealt.leftBytes === this.#table.geometry.bytesOf(piece);
  }

  #takeBack(piece: number): void {
    this.#dealt.delete(piece);
    this.#order.takenBack(piece);
    this.#dealer.takeBack(piece);
  }

  #pass(piece: number, nowMs: number): void {
    this.#dealt.delete(piece);
    this.#dealer.pass(piece, nowMs);
    this.#endIfOver();
  }

  /** Nothing is waited for any more: from now on everybody may ask for anything. */
  #endIfOver(): void {
    if (this.#isOver || this.#dealer.isGoingOn() || this.#arriving.isAnyWaitedFor) return;
    this.#isOver = true;
    for (const [peer, shown] of this.#shown) this.#untold.set(peer, { shown, next: 0 });
    this.#shown.clear();
    this.#dealt.clear();
    this.#tellMore();
  }

  /** Tells everybody of some more of what was kept back. */
  #tellMore(): void {
    for (const [peer, untold] of this.#untold) {
      this.#tell(this.#table.neighbours.get(peer)!, untold);
      if (untold.next === this.#table.geometry.pieces) this.#untold.delete(peer);
    }
  }

  #tell(neighbour: Neighbour, untold: Untold): void {
    const { geometry, held, send } = this.#table;
    for (let said = 0; said < TOLD_AT_ONCE && untold.next < geometry.pieces; untold.next++) {
      const piece = untold.next;
      if (!held.has(piece) || neighbour.pieces.has(piece) || untold.shown.has(piece)) continue;
      send(neighbour, { kind: 'have', piece });
      said++;
    }
  }
}
