import type { PieceSet } from '../../engine/swarm/policy/piece-set.ts';
import type { DeploymentModel, P2pModel } from '../deployment-model.ts';
import { areLinksUneven, isServerWebSeed, mayPiecesBeLate, pieceCountOf } from '../deployment-model.ts';
import { RandomStream } from '../kernel/random-stream.ts';
import { SERVER } from '../network/topology.ts';
import { Adoption } from '../swarm/adoption.ts';
import type { Choking } from '../swarm/choking.ts';
import { EndGame } from '../swarm/end-game.ts';
import { newChoking } from '../swarm/new-choking.ts';
import { newSeeding } from '../swarm/new-seeding.ts';
import { PeerSearch } from '../swarm/peer-search.ts';
import type { Seeding } from '../swarm/seeding.ts';
import { SlowReceivers } from '../swarm/slow-receivers.ts';
import { newSwarmState, type Swarm, type SwarmState } from '../swarm/swarm.ts';
import { WebSeed } from '../swarm/web-seed.ts';
import { Corruption } from './corruption.ts';
import { DiskRoom } from './disk-room.ts';
import { Grants } from './grants.ts';
import { Serving } from './serving.ts';
import { type Arena, DISK_FULL, type Transport } from './transport.ts';

/**
 * The swarm. Every upload is of one piece: whoever has a free slot serves the neighbour that its choker says, the
 * neighbour picks the piece, and it flows. Whole pieces come from one source.
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
  /** Left out where no piece can be late. */
  readonly #endGame: EndGame | undefined;
  readonly #serving: Serving;
  /** Left out where all are at one site. */
  readonly #adoption: Adoption | undefined;

  constructor(arena: Arena, settings: P2pModel) {
    const { model, randomSeed, simulation } = arena;
    this.#arena = arena;
    this.#pieces = pieceCountOf(model);
    this.#corruption = new Corruption(model, randomSeed);
    this.#room = new DiskRoom(model);
    this.#staysForS = settings.staysForS;
    const chance = new RandomStream(randomSeed, 'swarm');
    const { machines, seeders: otherSeeders = [] } = model;
    const sites = [SERVER, ...machines.map(({ site }) => site), ...otherSeeders.map(({ site }) => site)];
    const seeders = otherSeeders.map((_, place) => machines.length + 1 + place);
    const webClients = model.webSeed ? machines.length : 0;
    const isUneven = settings.choker === 'grants' && areLinksUneven(model);
    const place = { sites, seeders, webClients, isUneven, pieces: this.#pieces, chance };
    this.#swarm = newSwarmState(settings, place, new RandomStream(randomSeed, 'handout'));
    this.#own = this.#swarm.held.row(SERVER);
    const { uploads } = this.#swarm;
    const slow = isUneven
      ? new SlowReceivers({ uploads, sites, simulation, changed: this.#slowed })
      : undefined;
    const swarm: Swarm = {
      ...this.#swarm,
      slow,
      isInterested: (receiver, uploader) => this.#isInterested(receiver, uploader),
    };
    this.#seeding = newSeeding(settings, { swarm, seeders, nowMs: () => simulation.now * 1000 });
    this.#grants = new Grants(arena, {
      swarm,
      seeding: this.#seeding,
      arrived: this.#arrived,
      brought: (uploader, receiver, bytes) => this.#webSeed?.brought(uploader, receiver, bytes),
    });
    this.#endGame = mayPiecesBeLate(model)
      ? new EndGame({
          swarm,
          pieceBytes: model.pieceBytes,
          simulation,
          grants: this.#grants,
          released: this.#released,
        })
      : undefined;
    this.#search = this.#searchFor(settings, machines.length);
    this.#adoption = this.#newAdoption();
    this.#webSeed = this.#webSeedOf(model);
    this.#choking = newChoking(settings, swarm, { simulation, unchoked: this.#unchoked });
    const [seeding, choking, grants, endGame] = [this.#seeding, this.#choking, this.#grants, this.#endGame];
    this.#serving = new Serving(arena, { swarm, seeding, choking, grants, endGame });
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
    this.#swarm.crossing?.joined(machine);
    this.#adoption?.joined(machine);
    for (const neighbour of this.#neighboursOf(machine)) this.#choking.met(machine, neighbour);
    const kept = this.#kept.get(machine);
    if (kept) this.#bring(machine, kept);
    else this.#serving.fill(machine);
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
    this.#serving.fill(SERVER);
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
    const isAlone = this.#neighboursOf(machine).next().done;
    const reason = isAlone ? 'it knows nobody who is there' : `none of its neighbours has piece ${missing}`;
    const seeder = this.#swarm.isHere[SERVER] === 1 ? '' : '; the seeder is gone';
    return `it has ${held.size} of ${this.#pieces} pieces, and ${reason}${seeder}`;
  }

  /** A machine is back among its neighbours with the pieces that it kept; these are still taken in its picker. */
  #bring(machine: number, pieces: readonly number[]): void {
    const { held, picking, crossing } = this.#swarm;
    this.#kept.delete(machine);
    for (const piece of pieces) {
      held.row(machine).add(piece);
      picking.announced(machine, piece);
      crossing?.arrived(machine, piece);
      this.#seeding.arrived(machine, piece);
    }
    if (pieces.length === this.#pieces) this.#arena.downloaded(machine);
    this.#serving.fill(machine);
    // What nobody else had need not be dealt again.
    this.#serving.fill(SERVER);
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
    for (const other of others) this.#swarm.crossing?.met(machine, other);
    for (const other of others) this.#serving.fill(other);
    this.#serving.fill(machine);
  };

  /** A choker has held a round. */
  readonly #unchoked = (uploader: number): void => {
    const { uploads } = this.#swarm;
    this.#serving.fill(uploader);
    if (uploads.running > 0) this.#search?.wake();
  };

  /** An uploader has found somebody slow, or tries one more. */
  readonly #slowed = (uploader: number, receiver: number): void => {
    if (uploader === SERVER) this.#seeding.slowed(receiver);
    this.#serving.fill(uploader);
  };

  /** A receiver wants of others what it was being sent. */
  readonly #released = (receiver: number): void => this.#wakeNeighboursOf(receiver);

  #newAdoption(): Adoption | undefined {
    const { crossing } = this.#swarm;
    if (!crossing) return;
    const isDealing = (): boolean => this.#seeding.isDealing();
    return new Adoption(this.#swarm, { ...this.#arena, crossing, isDealing, opened: this.#released });
  }

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
    for (const neighbour of this.#neighboursOf(peer)) this.#serving.fill(neighbour);
    this.#webSeed?.ask(peer);
  }

  #isInterested(receiver: number, uploader: number): boolean {
    const { isHere, held, picking, crossing } = this.#swarm;
    if (isHere[receiver] === 0 || receiver === SERVER) return false;
    if (picking.taken.sizes[receiver] === this.#pieces) return false;
    if (this.#endGame?.wasLate(receiver, uploader)) return false;
    if (uploader === SERVER) return this.#seeding.canOffer(receiver);
    return crossing?.isAcross(receiver, uploader)
      ? crossing.has(receiver, uploader, picking.taken)
      : held.hasOutside(uploader, picking.taken, receiver);
  }

  readonly #arrived = (slot: number): void => {
    const { uploads, held, picking, crossing } = this.#swarm;
    const { simulation } = this.#arena;
    const uploader = uploads.uploaderOf(slot);
    const receiver = uploads.receiverOf(slot);
    if (this.#corruption.strikes()) return this.#throwAway(slot);
    if (this.#room.isFull(receiver, held.sizes[receiver]!)) return this.#overflow(slot);
    const piece = uploads.pieceOf(slot);
    const bytes = this.#grants.keep(slot);
    this.#endGame?.arrived(receiver, bytes);
    this.#own.moveTo(receiver).add(piece);
    picking.announced(receiver, piece);
    crossing?.arrived(receiver, piece);
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
    this.#adoption?.arrived(receiver, uploader);
    this.#serving.fill(uploader);
    this.#serving.fill(receiver);
    // The seeder passes over receivers that are busy: one of them has just become less so.
    this.#serving.fill(SERVER);
    this.#webSeed?.ask(receiver);
  }

  /** A peer goes. What was on its way from it is asked of others. */
  #part(peer: number): void {
    const { isHere, uploads, held, crossing } = this.#swarm;
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
    this.#endGame?.left();
    this.#adoption?.left(peer);
    for (const member of crossing?.left(peer) ?? []) this.#wakeNeighboursOf(member);
    for (const neighbour of this.#neighboursOf(peer)) this.#serving.fill(neighbour);
    for (const receiver of cutOff) this.#wakeNeighboursOf(receiver);
    this.#search?.left(peer);
  }

  #loseCopies(peer: number): void {
    const { held, picking } = this.#swarm;
    for (const piece of held.row(peer)) picking.lost(peer, piece);
    this.#seeding.left(peer);
  }
}
