import { SERVER } from '../network/topology.ts';
import { presentNeighbours } from '../swarm/neighbours.ts';
import type { P2pParts } from './p2p-parts.ts';

/** Who is in the swarm, and what becomes of those who come, go and come back. */
export class Presence {
  readonly #parts: P2pParts;
  /** By peer that is away and will come back: the pieces on its disk. */
  readonly #kept = new Map<number, readonly number[]>();

  constructor(parts: P2pParts) {
    this.#parts = parts;
  }

  join(machine: number): void {
    const { swarm, serving, search, adoption, webSeed } = this.#parts;
    swarm.isHere[machine] = 1;
    search?.joined(machine);
    swarm.crossing?.joined(machine);
    adoption?.joined(machine);
    this.#meetNeighbours(machine);
    const kept = this.#kept.get(machine);
    if (kept) this.#bring(machine, kept);
    else serving.fill(machine);
    webSeed?.joined(machine);
    serving.wake(machine);
  }

  /** What was on its way from the peer is asked of others. @param isBackLater whether it will come back with what it has */
  leave(peer: number, isBackLater = false): void {
    const { isHere, held } = this.#parts.swarm;
    if (isHere[peer] === 0) return;
    if (isBackLater) this.#kept.set(peer, [...held.row(peer)]);
    this.#part(peer);
  }

  /** The seeder goes on where it was, unless it had left for good: what was dealt and is in the swarm it need not deal again. */
  seederIsBack(): void {
    const { swarm, serving, search } = this.#parts;
    const kept = this.#kept.get(SERVER);
    if (!kept) return;
    this.#kept.delete(SERVER);
    swarm.isHere[SERVER] = 1;
    for (const piece of kept) swarm.held.row(SERVER).add(piece);
    search?.joined(SERVER);
    this.#meetNeighbours(SERVER);
    serving.fill(SERVER);
  }

  #meetNeighbours(peer: number): void {
    const { swarm, choking } = this.#parts;
    for (const neighbour of presentNeighbours(swarm, peer)) choking.met(peer, neighbour);
  }

  /** A machine is back among its neighbours with the pieces that it kept; these are still taken in its picker. */
  #bring(machine: number, pieces: readonly number[]): void {
    const { arena, swarm, seeding, serving } = this.#parts;
    const { held, picking, crossing } = swarm;
    this.#kept.delete(machine);
    for (const piece of pieces) {
      held.row(machine).add(piece);
      picking.announced(machine, piece);
      crossing?.arrived(machine, piece);
      seeding.arrived(machine, piece);
    }
    if (pieces.length === swarm.pieces) arena.downloaded(machine);
    serving.fill(machine);
    // What nobody else had need not be dealt again.
    serving.fill(SERVER);
  }

  #part(peer: number): void {
    const { swarm, serving, search, endGame, adoption, webSeed } = this.#parts;
    const { isHere, held, crossing } = swarm;
    isHere[peer] = 0;
    const cutOff = this.#cutOff(peer);
    if (peer !== SERVER) webSeed?.left(peer);
    if (peer !== SERVER) this.#loseCopies(peer);
    held.row(peer).clear();
    endGame?.left();
    adoption?.left(peer);
    for (const member of crossing?.left(peer) ?? []) serving.wake(member);
    for (const neighbour of presentNeighbours(swarm, peer)) serving.fill(neighbour);
    for (const receiver of cutOff) serving.wake(receiver);
    search?.left(peer);
  }

  /** Ends what is on its way from the peer and to it. @returns whom it was sending to */
  #cutOff(peer: number): number[] {
    const { swarm, grants, choking } = this.#parts;
    const { uploads } = swarm;
    const receivers = [...uploads.of(peer)].map((slot) => uploads.receiverOf(slot));
    for (const slot of uploads.of(peer)) grants.abort(slot);
    for (const neighbour of presentNeighbours(swarm, peer)) {
      const slot = uploads.slotOf(neighbour, peer);
      if (slot !== -1) grants.abort(slot);
      choking.parted(peer, neighbour);
    }
    return receivers;
  }

  #loseCopies(peer: number): void {
    const { swarm, seeding } = this.#parts;
    for (const piece of swarm.held.row(peer)) swarm.picking.lost(peer, piece);
    seeding.left(peer);
  }
}
