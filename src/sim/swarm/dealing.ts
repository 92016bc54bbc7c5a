import { type DealChoice, DealOrder } from '../../engine/swarm/policy/deal-order.ts';
import { PieceDealer } from '../../engine/swarm/policy/piece-dealer.ts';
import type { PieceSet } from '../../engine/swarm/policy/piece-set.ts';
import { SERVER } from '../network/topology.ts';
import { PlainSeeding } from './seeding.ts';
import type { Swarm } from './swarm.ts';

/** Deals every piece once before any twice; serves like any peer when all have arrived. */
export class Dealing extends PlainSeeding {
  readonly #swarm: Swarm;
  readonly #nowMs: () => number;
  #receivers: Int32Array;
  /** What the server has. */
  readonly #own: PieceSet;
  /** What the receiver in question has, or is being sent by anybody, such as a web seed. */
  readonly #taken: PieceSet;
  /** A receiver with this many downloads is left to its peers while pieces are dealt: the piece would be slow. */
  readonly #enoughDownloads: number;
  readonly #dealer: PieceDealer;
  readonly #order = new DealOrder();
  /** By piece: machines that have it. */
  readonly #holders: Uint32Array;

  constructor(swarm: Swarm, enoughDownloads: number, nowMs: () => number) {
    super(swarm);
    this.#swarm = swarm;
    this.#nowMs = nowMs;
    this.#own = swarm.held.row(SERVER);
    this.#taken = swarm.picking.taken.row(SERVER);
    this.#receivers = swarm.neighbours.of(SERVER);
    this.#enoughDownloads = enoughDownloads;
    this.#dealer = new PieceDealer(swarm.pieces);
    this.#holders = new Uint32Array(swarm.pieces);
  }

  override isDealing(): boolean {
    return this.#dealer.isGoingOn();
  }

  override nextReceiver(): number {
    const nowMs = this.#nowMs();
    this.#dealer.passLate(nowMs);
    const { slow } = this.#swarm;
    const all = this.#choiceOf((receiver) => this.#canTake(receiver));
    if (!slow) return this.#order.next(all, nowMs);
    const quick = this.#choiceOf((receiver) => !slow.isSlow(receiver, SERVER) && this.#canTake(receiver));
    const receiver = this.#order.next(quick, nowMs);
    return receiver === -1 ? this.#order.next(all, nowMs) : receiver;
  }

  /** What it was dealt is dealt to somebody else as well: others are not to wait for it. */
  override slowed(receiver: number): void {
    const { uploads } = this.#swarm;
    const slot = uploads.slotOf(SERVER, receiver);
    if (slot === -1 || !this.isDealing()) return;
    const piece = uploads.pieceOf(slot);
    if (this.#holders[piece] === 0) this.#takeBack(piece);
  }

  override lateAfterMs(): number {
    return this.#dealer.lateAfterMs;
  }

  override pieceFor(receiver: number): number {
    if (!this.isDealing()) return super.pieceFor(receiver);
    const nowMs = this.#nowMs();
    const piece = this.#dealer.deal(this.#taken.moveTo(receiver), nowMs);
    if (!this.#isFar(receiver)) this.#order.dealt(piece, receiver, nowMs);
    this.#own.add(piece);
    return piece;
  }

  override arrived(receiver: number, piece: number): void {
    const nowMs = this.#nowMs();
    if (this.isDealing()) this.#order.announced(piece, receiver, nowMs);
    this.#holders[piece]!++;
    // It may have come from another seeder, and need not be dealt to be had from here.
    this.#own.add(piece);
    this.#dealer.pass(piece, nowMs);
  }

  override relinked(): void {
    this.#receivers = this.#swarm.neighbours.of(SERVER);
  }

  override left(peer: number): void {
    this.#order.left(peer);
    for (const piece of this.#swarm.held.row(peer)) {
      this.#holders[piece]!--;
      this.#returnIfLost(piece);
    }
  }

  override cutOff(piece: number): void {
    this.#returnIfLost(piece);
  }

  #choiceOf(canTake: (receiver: number) => boolean): DealChoice {
    return {
      receivers: this.#receivers,
      canTake,
      wealthOf: (receiver) => this.#swarm.held.sizes[receiver]!,
      isBehind: () => false,
    };
  }

  #canTake(receiver: number): boolean {
    const { isHere, uploads } = this.#swarm;
    return (
      isHere[receiver] === 1 &&
      uploads.downloads[receiver]! < this.#enoughDownloads &&
      !uploads.isServing(SERVER, receiver) &&
      this.#dealer.hasFreshFor(this.#taken.moveTo(receiver))
    );
  }

  #isFar(receiver: number): boolean {
    return this.#swarm.crossing?.isAcross(receiver, SERVER) === true;
  }

  /** While pieces are dealt, one that nobody has any more is dealt again. */
  #returnIfLost(piece: number): void {
    const { uploads } = this.#swarm;
    const isOnItsWay = uploads.of(SERVER).some((slot) => uploads.pieceOf(slot) === piece);
    if (!this.isDealing() || this.#holders[piece]! > 0 || isOnItsWay) return;
    this.#takeBack(piece);
  }

  #takeBack(piece: number): void {
    this.#order.takenBack(piece);
    this.#dealer.takeBack(piece);
  }
}
