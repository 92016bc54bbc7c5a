import type { PieceSet } from '../../engine/swarm/policy/piece-set.ts';
import type { DeploymentModel, P2pModel } from '../deployment-model.ts';
import { isServerWebSeed, pieceCountOf } from '../deployment-model.ts';
import { RandomStream } from '../kernel/random-stream.ts';
import { SERVER } from '../network/topology.ts';
import type { Choking } from '../swarm/choking.ts';
import { newChoking } from '../swarm/new-choking.ts';
import { newSeeding } from '../swarm/new-seeding.ts';
import { PeerSearch } from '../swarm/peer-search.ts';
import type { Seeding } from '../swarm/seeding.ts';
import { newSwarmState, type Swarm, type SwarmState } from '../swarm/swarm.ts';
import { WebSeed } from '../swarm/web-seed.ts';
import { Corruption } from './corruption.ts';
import { DiskRoom } from './disk-room.ts';
import { Grants } from './grants.ts';
import { type Arena, DISK_FULL, type Transport } from './transport.ts';

/** What is late is so by more than rounding. */
const LATE_BY_S = 1e-6;

/**
 * The swarm. Every upload is of one piece: whoever has a free slot serves the neighbour that its choker says, the
 * neighbour picks the piece, and it flows. Whole pieces come from one source; there is no endgame.
 */
export class P2p implements Transport {
  readonly #arena: Arena;
  readonly #pieces: number;
  readonly #swarm: SwarmState;
  /** Stands for the pieces of the receiver in question. */
  readonly #own: PieceSet;
  readonly #choking: Choking;
  readonly #corruption: Corruption;
  readonly #staysForS: number;
  readonly #seeding: Seeding;
  readonly #search: PeerSearch | undefined;
  readonly #webSeed: WebSeed | undefined;
  readonly #room: DiskRoom;
  /** By machine that is away and will come back: the pieces on its disk. */
  readonly #kept = new Map<number, readonly number[]>();
  readonly #grants: Grants;
  /** The event at which the seeder waits no more for what it has dealt. */
  readonly #lateness: number;

  constructor(arena: Arena, settings: P2pModel) {
    const { model, randomSeed, simulation } = arena;
    this.#arena = arena;
    this.#lateness = simulation.open(() => this.#fillSlots(SERVER));
    this.#pieces = pieceCountOf(model);
    this.#corruption = new Corruption(model, randomSeed);
    this.#room = new DiskRoom(model);
    this.#staysForS = settings.staysForS;
    const chance = new RandomStream(randomSeed, 'swarm');
    const { machines, seeders: otherSeeders = [] } = model;
    const sites = [SERVER, ...machines.map(({ site }) => site), ...otherSeeders.map(({ site }) => site)];
    const seeders = otherSeeders.map((_, place) => machines.length + 1 + place);
    const webClients = model.webSeed ? machines.length : 0;
    const place = { sites, seeders, webClients, pieces: this.#pieces, chance };
    this.#swarm = newSwarmState(settings, place, new RandomStream(randomSeed, 'handout'));
    this.#own = this.#swarm.held.row(SERVER);
    const swarm: Swarm = {
      ...this.#swarm,
      isInterested: (receiver, uploader) => this.#isInterested(receiver, uploader),
    };
    this.#seeding = newSeeding(settings, { swarm, seeders, nowMs: () => simulation.now * 1000 });
    this.#grants = new Grants(arena, {
      swarm,
      seeding: this.#seeding,
      arrived: this.#arrived,
      brought: (uploader, receiver, bytes) => this.#webSeed?.brought(uploader, receiver, bytes),
    });
    this.#search = this.#searchFor(settings, machines.length);
    this.#webSeed = this.#webSeedOf(model);
    this.#choking = newChoking(settings, swarm, { simulation, unchoked: this.#unchoked });
  }

  /** A machine that is going to join has all of the image but so many bytes of each piece. */
  endow(machine: number, lacking: Float64Array): void {
    const { held, picking } = this.#swarm;
    this.#grants.lacking.set(machine, lacking);
    const own = held.row(machine);
    for (const [piece, bytes] of lacking.entries()) {
      if (bytes > 0) continue;
      own.add(piece);
      picking.claimed(machine, piece);
      picking.announced(machine, piece);
      this.#seeding.arrived(machine, piece);
    }
  }

  join(machine: number): void {
    this.#swarm.isHere[machine] = 1;
    this.#search?.joined(machine);
    for (const neighbour of this.#neighboursOf(machine)) this.#choking.met(machine, neighbour);
    const kept = this.#kept.get(machine);
    if (kept) this.#bring(machine, kept);
    else this.#fillSlots(machine);
    this.#webSeed?.joined(machine);
    this.#wakeNeighboursOf(machine);
  }

  leave(machine: number, isBackLater = false): void {
    const { isHere, held } = this.#swarm;
    if (isHere[machine] === 0) return;
    if (isBackLater) this.#kept.set(machine, [...held.row(machine)]);
    this.#part(machine);
  }

  serverStopped(): void {
    this.#swarm.tracker?.stop();
    this.leave(SERVER, true);
    if (!isServerWebSeed(this.#arena.model)) return;
    for (const machine of this.#webSeed!.stopped()) this.#wakeNeighboursOf(machine);
  }

  trackerStopped(): void {
    this.#swarm.tracker!.stop();
  }

  /** The seeder goes on where it was, unless it had left for good: what was dealt and is in the swarm it need not deal again. */
  serverStarted(): void {
    const { isHere, held, tracker } = this.#swarm;
    tracker?.start();
    this.#search?.wake();
    if (isServerWebSeed(this.#arena.model)) this.#webSeed!.started();
    const kept = this.#kept.get(SERVER);
    if (!kept) return;
    this.#kept.delete(SERVER);
    isHere[SERVER] = 1;
    for (const piece of kept) held.row(SERVER).add(piece);
    this.#search?.joined(SERVER);
    for (const neighbour of this.#neighboursOf(SERVER)) this.#choking.met(SERVER, neighbour);
    this.#fillSlots(SERVER);
  }

  /** The machine leaves when it has served others long enough. */
  done(machine: number): void {
    const { simulation } = this.#arena;
    if (this.#staysForS === Number.POSITIVE_INFINITY) return;
    simulation.after(this.#staysForS, () => {
      simulation.trace.add(simulation.now, 'left', machine);
      this.leave(machine);
    });
  }

  diagnose(machine: number): string {
    const held = this.#swarm.held.row(machine);
    let missing = 0;
    while (held.has(missing)) missing++;
    return `it has ${held.size} of ${this.#pieces} pieces, and none of its neighbours has piece ${missing}`;
  }

  /** A machine is back among its neighbours with the pieces that it kept; these are still taken in its picker. */
  #bring(machine: number, pieces: readonly number[]): void {
    const { held, picking } = this.#swarm;
    this.#kept.delete(machine);
    for (const piece of pieces) {
      held.row(machine).add(piece);
      picking.announced(machine, piece);
      this.#seeding.arrived(machine, piece);
    }
    if (pieces.length === this.#pieces) this.#arena.downloaded(machine);
    this.#fillSlots(machine);
    // What nobody else had need not be dealt again.
    this.#fillSlots(SERVER);
  }

  #searchFor(settings: P2pModel, machines: number): PeerSearch | undefined {
    const { tracker } = this.#swarm;
    const { announceS = Number.POSITIVE_INFINITY, pexS = Number.POSITIVE_INFINITY } = settings;
    if (!tracker) return;
    const { simulation, randomSeed } = this.#arena;
    const chance = new RandomStream(randomSeed, 'exchange');
    return new PeerSearch(
      { ...this.#swarm, tracker, machines },
      { simulation, announceS, pexS, chance, seeding: this.#seeding, found: this.#found },
    );
  }

  readonly #found = (machine: number, others: readonly number[]): void => {
    for (const other of others) this.#choking.met(machine, other);
    for (const other of others) this.#fillSlots(other);
    this.#fillSlots(machine);
  };

  /** A choker has held a round. */
  readonly #unchoked = (uploader: number): void => {
    const { uploads } = this.#swarm;
    this.#fillSlots(uploader);
    if (uploads.running > 0) this.#search?.wake();
  };

  #webSeedOf({ webSeed, machines }: DeploymentModel): WebSeed | undefined {
    if (!webSeed) return;
    const { simulation } = this.#arena;
    const place = { swarm: this.#swarm, machines: machines.length, grants: this.#grants };
    return new WebSeed(webSeed, { ...place, simulation });
  }

  *#neighboursOf(peer: number): Generator<number> {
    const { neighbours, isHere } = this.#swarm;
    for (const neighbour of neighbours.of(peer)) if (isHere[neighbour] === 1) yield neighbour;
  }

  /** There may be something to send to a machine. */
  #wakeNeighboursOf(peer: number): void {
    for (const neighbour of this.#neighboursOf(peer)) this.#fillSlots(neighbour);
    this.#webSeed?.ask(peer);
  }

  /** Serves neighbours until all slots of the uploader are taken or nobody is to be served. */
  #fillSlots(uploader: number): void {
    const { isHere, uploads, picking } = this.#swarm;
    while (uploads.hasFree(uploader) && isHere[uploader] === 1) {
      const receiver = this.#nextReceiver(uploader);
      if (receiver === -1) break;
      const isSeeding = uploader === SERVER;
      const piece = isSeeding ? this.#seeding.pieceFor(receiver) : picking.pick(receiver, uploader);
      picking.claimed(receiver, piece);
      this.#grants.begin(uploads.open(uploader, receiver, piece));
    }
    if (uploader === SERVER) this.#lookAgainWhenLate();
  }

  /** The seeder that waits for pieces to arrive goes on without them, be it that nothing else happens. */
  #lookAgainWhenLate(): void {
    const { simulation } = this.#arena;
    const lateAfterS = this.#seeding.lateAfterMs() / 1000;
    if (lateAfterS > simulation.now && lateAfterS < Number.POSITIVE_INFINITY)
      simulation.schedule(this.#lateness, lateAfterS + LATE_BY_S);
  }

  #nextReceiver(uploader: number): number {
    if (uploader === SERVER && this.#seeding.isDealing()) {
      const receiver = this.#seeding.nextReceiver();
      // It may have found that it need not wait any more.
      if (this.#seeding.isDealing()) return receiver;
    }
    return this.#swarm.held.sizes[uploader] === 0 ? -1 : this.#choking.next(uploader);
  }

  #isInterested(receiver: number, uploader: number): boolean {
    const { isHere, held, picking } = this.#swarm;
    if (isHere[receiver] === 0 || receiver === SERVER) return false;
    if (picking.taken.sizes[receiver] === this.#pieces) return false;
    return uploader === SERVER
      ? this.#seeding.canOffer(receiver)
      : held.hasOutside(uploader, picking.taken, receiver);
  }

  readonly #arrived = (slot: number): void => {
    const { uploads, held, picking } = this.#swarm;
    const { simulation } = this.#arena;
    const uploader = uploads.uploaderOf(slot);
    const receiver = uploads.receiverOf(slot);
    if (this.#corruption.strikes()) return this.#throwAway(slot);
    if (this.#room.isFull(receiver, held.sizes[receiver]!)) return this.#overflow(slot);
    const piece = uploads.pieceOf(slot);
    const bytes = this.#grants.keep(slot);
    this.#own.moveTo(receiver).add(piece);
    picking.announced(receiver, piece);
    this.#seeding.arrived(receiver, piece);
    this.#choking.exchanged(uploader, receiver, bytes);
    simulation.trace.addPiece(simulation.now, { machine: receiver, piece, sender: uploader });
    if (held.sizes[receiver] === this.#pieces) this.#arena.downloaded(receiver);
    this.#goOn(uploader, receiver);
  };

  /** A piece whose hash is wrong has cost all its bytes, and anybody may send it again. */
  #throwAway(slot: number): void {
    const { uploads } = this.#swarm;
    const { simulation } = this.#arena;
    const [uploader, receiver] = [uploads.uploaderOf(slot), uploads.receiverOf(slot)];
    simulation.trace.add(simulation.now, 'pieceSpoiled', receiver);
    this.#choking.exchanged(uploader, receiver, this.#grants.waste(slot));
    this.#goOn(uploader, receiver);
    this.#wakeNeighboursOf(receiver);
  }

  /** A piece for which the disk has no room costs its machine the deployment. */
  #overflow(slot: number): void {
    const { uploads } = this.#swarm;
    const [uploader, receiver] = [uploads.uploaderOf(slot), uploads.receiverOf(slot)];
    this.#grants.waste(slot);
    this.#arena.failed(receiver, DISK_FULL);
    this.#goOn(uploader, receiver);
  }

  /** An upload is over. */
  #goOn(uploader: number, receiver: number): void {
    const { ledger, model } = this.#arena;
    if (uploader === SERVER && ledger.uploaded[SERVER]! >= model.seederLeavesAfterBytes) this.#part(SERVER);
    this.#fillSlots(uploader);
    this.#fillSlots(receiver);
    // The seeder passes over receivers that are busy: one of them has just become less so.
    this.#fillSlots(SERVER);
    this.#webSeed?.ask(receiver);
  }

  /** A peer goes. What was on its way from it is asked of others. */
  #part(peer: number): void {
    const { isHere, uploads, held } = this.#swarm;
    isHere[peer] = 0;
    const cutOff = [...uploads.of(peer)].map((slot) => uploads.receiverOf(slot));
    for (const slot of uploads.of(peer)) this.#grants.abort(slot);
    for (const neighbour of this.#neighboursOf(peer)) {
      const slot = uploads.slotOf(neighbour, peer);
      if (slot !== -1) this.#grants.abort(slot);
      this.#choking.parted(peer, neighbour);
    }
    if (peer !== SERVER) this.#webSeed?.left(peer);
    if (peer !== SERVER) this.#loseCopies(peer);
    held.row(peer).clear();
    for (const neighbour of this.#neighboursOf(peer)) this.#fillSlots(neighbour);
    for (const receiver of cutOff) this.#wakeNeighboursOf(receiver);
    this.#search?.left(peer);
  }

  #loseCopies(peer: number): void {
    const { held, picking } = this.#swarm;
    for (const piece of held.row(peer)) picking.lost(peer, piece);
    this.#seeding.left(peer);
  }
}
