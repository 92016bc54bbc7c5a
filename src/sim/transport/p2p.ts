import type { PieceSet } from '../../engine/swarm/policy/piece-set.ts';
import type { DeploymentModel, P2pModel } from '../deployment-model.ts';
import { isServerWebSeed, pieceCountOf, roomOf } from '../deployment-model.ts';
import { RandomStream } from '../kernel/random-stream.ts';
import { SERVER } from '../network/topology.ts';
import { type Choking, GrantChoking } from '../swarm/choking.ts';
import { ClassicChoking } from '../swarm/classic-choking.ts';
import { Dealing } from '../swarm/dealing.ts';
import { PeerSearch } from '../swarm/peer-search.ts';
import { PlainSeeding, type Seeding } from '../swarm/seeding.ts';
import { SuperSeeding } from '../swarm/super-seeding.ts';
import { newSwarmState, type Swarm, type SwarmState } from '../swarm/swarm.ts';
import { WebSeed } from '../swarm/web-seed.ts';
import { Corruption } from './corruption.ts';
import { LackingBytes } from './lacking-bytes.ts';
import { type Arena, DISK_FULL, type Transport } from './transport.ts';

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
  /** By peer: whole pieces that its disk takes. */
  readonly #room: Uint32Array;
  /** The flow of slot 0; those of the others follow it. */
  readonly #firstFlow: number;
  /** By machine that is away and will come back: the pieces on its disk. */
  readonly #kept = new Map<number, readonly number[]>();
  readonly #lacking: LackingBytes;
  /** By slot: the event at which the data of its grant begins to flow, where that takes time. */
  readonly #beginnings: number[] = [];

  constructor(arena: Arena, settings: P2pModel) {
    const { model, randomSeed, simulation, network } = arena;
    this.#arena = arena;
    this.#pieces = pieceCountOf(model);
    this.#lacking = new LackingBytes(model);
    this.#corruption = new Corruption(model, randomSeed);
    this.#staysForS = settings.staysForS;
    const chance = new RandomStream(randomSeed, 'swarm');
    const { machines, seeders: otherSeeders = [] } = model;
    const sites = [SERVER, ...machines.map(({ site }) => site), ...otherSeeders.map(({ site }) => site)];
    const seeders = otherSeeders.map((_, place) => machines.length + 1 + place);
    this.#room = Uint32Array.from(sites, (_, peer) =>
      peer === SERVER || peer > machines.length ? this.#pieces : piecesOnDisk(model, peer),
    );
    const webClients = model.webSeed ? machines.length : 0;
    const place = { sites, seeders, webClients, pieces: this.#pieces, chance };
    this.#swarm = newSwarmState(settings, place, new RandomStream(randomSeed, 'handout'));
    this.#own = this.#swarm.held.row(SERVER);
    const swarm: Swarm = {
      ...this.#swarm,
      isInterested: (receiver, uploader) => this.#isInterested(receiver, uploader),
    };
    const { uploads } = this.#swarm;
    this.#firstFlow = network.open(this.#finish, 0);
    for (let slot = 1; slot < uploads.size; slot++) network.open(this.#finish, slot);
    this.#seeding = seedingOf(settings, swarm, () => simulation.now * 1000);
    this.#tellOfSeeders(seeders);
    this.#search = this.#searchFor(settings, machines.length);
    this.#webSeed = this.#webSeedOf(model);
    this.#choking =
      settings.choker === 'grants'
        ? new GrantChoking(swarm)
        : new ClassicChoking(swarm, { simulation, unchoked: (uploader) => this.#fillSlots(uploader) });
  }

  /** A machine that is going to join has all of the image but so many bytes of each piece. */
  endow(machine: number, lacking: Float64Array): void {
    const { held, picking } = this.#swarm;
    this.#lacking.set(machine, lacking);
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
    this.leave(SERVER, true);
    if (!isServerWebSeed(this.#arena.model)) return;
    for (const machine of this.#webSeed!.stopped()) this.#wakeNeighboursOf(machine);
  }

  trackerStopped(): void {
    this.#swarm.tracker!.stop();
  }

  /** The seeder goes on where it was, unless it had left for good: what was dealt and is in the swarm it need not deal again. */
  serverStarted(): void {
    const { isHere, held } = this.#swarm;
    if (isServerWebSeed(this.#arena.model)) this.#webSeed!.started();
    const kept = this.#kept.get(SERVER);
    if (!kept) return;
    this.#kept.delete(SERVER);
    isHere[SERVER] = 1;
    for (const piece of kept) held.row(SERVER).add(piece);
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
    for (const other of others) this.#fillSlots(other);
    this.#fillSlots(machine);
  };

  #webSeedOf({ webSeed, machines }: DeploymentModel): WebSeed | undefined {
    const { simulation } = this.#arena;
    return (
      webSeed &&
      new WebSeed(webSeed, {
        swarm: this.#swarm,
        machines: machines.length,
        simulation,
        begin: (slot) => this.#begin(slot),
        abort: (slot) => this.#abort(slot),
        sentOn: (slot) => this.#sentOn(slot),
      })
    );
  }

  #sentOn(slot: number): number {
    const { uploads } = this.#swarm;
    const { network } = this.#arena;
    const flow = this.#firstFlow + slot;
    if (!network.isRunning(flow)) return 0;
    return this.#lacking.of(uploads.receiverOf(slot), uploads.pieceOf(slot)) - network.left(flow);
  }

  /** What a seeder has that the server is linked to is in the swarm: the server need not deal it. */
  #tellOfSeeders(seeders: readonly number[]): void {
    const linked = this.#swarm.neighbours.of(SERVER);
    for (const seeder of seeders.filter((peer) => linked.includes(peer)))
      for (let piece = 0; piece < this.#pieces; piece++) this.#seeding.arrived(seeder, piece);
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
      if (receiver === -1) return;
      const isSeeding = uploader === SERVER;
      const piece = isSeeding ? this.#seeding.pieceFor(receiver) : picking.pick(receiver, uploader);
      picking.claimed(receiver, piece);
      this.#begin(uploads.open(uploader, receiver, piece));
    }
  }

  #nextReceiver(uploader: number): number {
    if (uploader === SERVER && this.#seeding.isDealing()) return this.#seeding.nextReceiver();
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

  #begin(slot: number): void {
    const { model, simulation } = this.#arena;
    if (model.latencyS === 0) return this.#send(slot);
    this.#beginnings[slot] ??= simulation.open(this.#send, slot);
    simulation.schedule(this.#beginnings[slot]!, simulation.now + 2 * model.latencyS);
  }

  readonly #send = (slot: number): void => {
    const { uploads } = this.#swarm;
    const sender = uploads.uploaderOf(slot);
    const receiver = uploads.receiverOf(slot);
    const piece = uploads.pieceOf(slot);
    const bytes = this.#lacking.of(receiver, piece);
    this.#arena.connections.send(this.#firstFlow + slot, { sender, receiver, piece, bytes });
  };

  readonly #finish = (slot: number): void => {
    const { uploads, held, picking } = this.#swarm;
    const { ledger, simulation, connections } = this.#arena;
    const uploader = uploads.uploaderOf(slot);
    const receiver = uploads.receiverOf(slot);
    if (this.#corruption.strikes()) return this.#throwAway(slot);
    if (held.sizes[receiver] === this.#room[receiver]) return this.#overflow(slot);
    const piece = uploads.pieceOf(slot);
    const bytes = this.#lacking.of(receiver, piece);
    connections.arrived(this.#firstFlow + slot, receiver, piece);
    uploads.close(slot);
    this.#own.moveTo(receiver).add(piece);
    picking.announced(receiver, piece);
    this.#seeding.arrived(receiver, piece);
    this.#choking.exchanged(uploader, receiver, bytes);
    this.#webSeed?.brought(uploader, receiver, bytes);
    ledger.received(uploader, receiver, bytes);
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
    this.#choking.exchanged(uploader, receiver, this.#lacking.of(receiver, uploads.pieceOf(slot)));
    this.#waste(slot);
    this.#goOn(uploader, receiver);
    this.#wakeNeighboursOf(receiver);
  }

  /** A piece for which the disk has no room costs its machine the deployment. */
  #overflow(slot: number): void {
    const { uploads } = this.#swarm;
    const [uploader, receiver] = [uploads.uploaderOf(slot), uploads.receiverOf(slot)];
    this.#waste(slot);
    this.#arena.failed(receiver, DISK_FULL);
    this.#goOn(uploader, receiver);
  }

  /** The grant of a slot is over, and what it brought is of no use. */
  #waste(slot: number): void {
    const { uploads, picking } = this.#swarm;
    const { ledger, connections } = this.#arena;
    const [uploader, receiver] = [uploads.uploaderOf(slot), uploads.receiverOf(slot)];
    const piece = uploads.pieceOf(slot);
    const bytes = this.#lacking.of(receiver, piece);
    connections.ended(this.#firstFlow + slot);
    picking.released(receiver, piece);
    uploads.close(slot);
    this.#webSeed?.brought(uploader, receiver, bytes);
    ledger.wasted(uploader, bytes);
    if (uploader === SERVER) this.#seeding.cutOff(piece);
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
    for (const slot of uploads.of(peer)) this.#abort(slot);
    for (const neighbour of this.#neighboursOf(peer)) {
      const slot = uploads.slotOf(neighbour, peer);
      if (slot !== -1) this.#abort(slot);
      this.#choking.parted(peer, neighbour);
    }
    if (peer !== SERVER) this.#webSeed?.left(peer);
    if (peer !== SERVER) this.#loseCopies(peer);
    held.row(peer).clear();
    for (const neighbour of this.#neighboursOf(peer)) this.#fillSlots(neighbour);
    for (const receiver of cutOff) this.#wakeNeighboursOf(receiver);
    this.#search?.left(peer);
  }

  #abort(slot: number): void {
    const { uploads, picking } = this.#swarm;
    const { network, simulation, ledger, connections } = this.#arena;
    const [uploader, piece, flow] = [uploads.uploaderOf(slot), uploads.pieceOf(slot), this.#firstFlow + slot];
    const receiver = uploads.receiverOf(slot);
    picking.released(receiver, piece);
    uploads.close(slot);
    if (network.isRunning(flow)) {
      const bytes = this.#lacking.of(receiver, piece) - connections.cancel(flow);
      this.#webSeed?.brought(uploader, receiver, bytes);
      ledger.wasted(uploader, bytes);
    } else simulation.cancel(this.#beginnings[slot]!);
    if (uploader === SERVER) this.#seeding.cutOff(piece);
  }

  #loseCopies(peer: number): void {
    const { held, picking } = this.#swarm;
    for (const piece of held.row(peer)) picking.lost(peer, piece);
    this.#seeding.left(peer);
  }
}

function piecesOnDisk(model: DeploymentModel, machine: number): number {
  return Math.min(pieceCountOf(model), Math.floor(roomOf(model, machine) / model.pieceBytes));
}

function seedingOf({ seeder, uploadSlots }: P2pModel, swarm: Swarm, nowMs: () => number): Seeding {
  switch (seeder) {
    case 'dealing':
      return new Dealing(swarm, uploadSlots + 1, nowMs);
    case 'superseed':
      return new SuperSeeding(swarm);
    case 'plain':
      return new PlainSeeding(swarm);
  }
}
