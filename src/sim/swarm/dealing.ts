import { PieceDealer } from '../../engine/swarm/policy/piece-dealer.ts';
import { SERVER } from '../network/topology.ts';
import { type Grant, isServing, type Peer } from './peer.ts';
import { PlainSeeding } from './seeding.ts';
import type { Swarm } from './swarm.ts';

/** Deals every piece once before any twice; serves like any peer when all have arrived. */
export class Dealing extends PlainSeeding {
  readonly #swarm: Swarm;
  readonly #seeder: Peer;
  readonly #nowMs: () => number;
  /** A receiver with this many downloads is left to its peers while pieces are dealt: the piece would be slow. */
  readonly #enoughDownloads: number;
  readonly #dealer: PieceDealer;
  /** By piece: machines that have it. */
  readonly #holders: Uint32Array;
  readonly #canTake = (number: number): boolean => {
    const receiver = this.#swarm.peers[number]!;
    return (
      receiver.isHere &&
      this.#dealer.hasFreshFor(receiver.held) &&
      this.#swarm.downloads[number]! < this.#enoughDownloads &&
      !isServing(this.#seeder, receiver)
    );
  };

  constructor(swarm: Swarm, enoughDownloads: number, nowMs: () => number) {
    super(swarm);
    this.#swarm = swarm;
    this.#nowMs = nowMs;
    this.#seeder = swarm.peers[SERVER]!;
    this.#enoughDownloads = enoughDownloads;
    this.#dealer = new PieceDealer(swarm.pieces);
    this.#holders = new Uint32Array(swarm.pieces);
  }

  override isDealing(): boolean {
    return this.#dealer.isGoingOn();
  }

  override nextReceiver(): Peer | undefined {
    this.#dealer.passLate(this.#nowMs());
    const number = this.#dealer.nextReceiver(this.#seeder.neighbours, this.#canTake);
    return number === -1 ? undefined : this.#swarm.peers[number];
  }

  override pieceFor(receiver: Peer): number {
    if (!this.isDealing()) return super.pieceFor(receiver);
    const piece = this.#dealer.deal(receiver.held, this.#nowMs());
    this.#seeder.held.add(piece);
    return piece;
  }

  override arrived(_receiver: Peer, piece: number): void {
    this.#holders[piece]!++;
    this.#dealer.pass(piece, this.#nowMs());
  }

  override left(peer: Peer): void {
    for (const piece of peer.held) {
      this.#holders[piece]!--;
      this.#returnIfLost(piece);
    }
  }

  override cutOff({ piece }: Grant): void {
    this.#returnIfLost(piece);
  }

  /** While pieces are dealt, one that nobody has any more is dealt again. */
  #returnIfLost(piece: number): void {
    const isOnItsWay = this.#seeder.uploads.some((grant) => grant.piece === piece);
    if (!this.isDealing() || this.#holders[piece]! > 0 || isOnItsWay) return;
    this.#dealer.takeBack(piece);
  }
}
