import type { PiecePicker } from '../../engine/swarm/policy/picker/piece-picker.ts';
import type { P2pModel } from '../deployment-model.ts';
import { pieceCountOf, pieceSizeOf } from '../deployment-model.ts';
import { RandomStream } from '../kernel/random-stream.ts';
import { SERVER } from '../network/topology.ts';
import { type Choking, GrantChoking } from '../swarm/choking.ts';
import { ClassicChoking } from '../swarm/classic-choking.ts';
import { Dealing } from '../swarm/dealing.ts';
import { closeGrant, type Grant, openGrant, type Peer } from '../swarm/peer.ts';
import { PlainSeeding, type Seeding } from '../swarm/seeding.ts';
import { SuperSeeding } from '../swarm/super-seeding.ts';
import { newPeers, type Swarm } from '../swarm/swarm.ts';
import { type Arena, isStreamed, TRACE, type Transport } from './transport.ts';

/**
 * The swarm. Every upload is of one piece: whoever has a free slot serves the neighbour that its choker says, the
 * neighbour picks the piece, and it flows. Whole pieces come from one source; there is no endgame.
 */
export class P2p implements Transport {
  readonly #arena: Arena;
  readonly #pieces: number;
  readonly #peers: readonly Peer[];
  /** Those of the peers: most of the time goes by in telling them of pieces. */
  readonly #pickers: readonly PiecePicker[];
  /** How many downloads each peer has, by number. */
  readonly #downloads: Uint32Array;
  readonly #choking: Choking;
  readonly #seeding: Seeding;

  constructor(arena: Arena, settings: P2pModel) {
    const { model, randomSeed, simulation } = arena;
    this.#arena = arena;
    this.#pieces = pieceCountOf(model);
    const chance = new RandomStream(randomSeed, 'swarm');
    const sites = [SERVER, ...model.machines.map(({ site }) => site)];
    const source = { sites, pieces: this.#pieces, chance };
    this.#downloads = new Uint32Array(sites.length);
    this.#peers = newPeers(settings, source, new RandomStream(randomSeed, 'handout'));
    this.#pickers = this.#peers.map(({ picker }) => picker);
    const swarm: Swarm = {
      peers: this.#peers,
      downloads: this.#downloads,
      pieces: this.#pieces,
      chance,
      isInterested: (receiver, uploader) => this.#isInterested(receiver, uploader),
    };
    this.#seeding = seedingOf(settings, swarm, () => simulation.now * 1000);
    this.#choking =
      settings.choker === 'grants'
        ? new GrantChoking(swarm)
        : new ClassicChoking(swarm, { simulation, unchoked: (uploader) => this.#fillSlots(uploader) });
  }

  join(machine: number): void {
    const peer = this.#peers[machine]!;
    peer.isHere = true;
    for (const neighbour of this.#neighboursOf(peer)) this.#choking.met(peer, neighbour);
    this.#wakeNeighboursOf(peer);
  }

  leave(machine: number): void {
    const peer = this.#peers[machine]!;
    if (peer.isHere) this.#part(peer);
  }

  diagnose(machine: number): string {
    const { held } = this.#peers[machine]!;
    let missing = 0;
    while (held.has(missing)) missing++;
    return `it has ${held.size} of ${this.#pieces} pieces, and none of its neighbours has piece ${missing}`;
  }

  *#neighboursOf(peer: Peer): Generator<Peer> {
    for (const number of peer.neighbours) if (this.#peers[number]!.isHere) yield this.#peers[number]!;
  }

  #wakeNeighboursOf(peer: Peer): void {
    for (const neighbour of this.#neighboursOf(peer)) this.#fillSlots(neighbour);
  }

  /** Serves neighbours until all slots of the uploader are taken or nobody is to be served. */
  #fillSlots(uploader: Peer): void {
    while (uploader.isHere && uploader.uploads.length < uploader.slots) {
      const receiver = this.#nextReceiver(uploader);
      if (!receiver) return;
      const isSeeding = uploader.number === SERVER;
      const piece = isSeeding ? this.#seeding.pieceFor(receiver) : receiver.picker.pick(uploader.held);
      this.#begin({ uploader, receiver, piece, flow: undefined });
    }
  }

  #nextReceiver(uploader: Peer): Peer | undefined {
    if (uploader.number === SERVER && this.#seeding.isDealing()) return this.#seeding.nextReceiver();
    return uploader.held.size === 0 ? undefined : this.#choking.next(uploader);
  }

  #isInterested(receiver: Peer, uploader: Peer): boolean {
    const { taken } = receiver.picker;
    if (!receiver.isHere || taken.size === this.#pieces || receiver.number === SERVER) return false;
    return uploader.number === SERVER ? this.#seeding.canOffer(receiver) : uploader.held.hasOutside(taken);
  }

  #begin(grant: Grant): void {
    openGrant(grant, this.#downloads);
    const { model, simulation } = this.#arena;
    if (model.latencyS === 0) this.#send(grant);
    else simulation.after(2 * model.latencyS, () => this.#send(grant));
  }

  #send(grant: Grant): void {
    if (!grant.uploader.uploads.includes(grant)) return;
    const { model, network, topology } = this.#arena;
    grant.flow = network.start({
      path: topology.path(grant.uploader.number, grant.receiver.number, { isWritten: isStreamed(model) }),
      bytes: pieceSizeOf(model, grant.piece),
      capBps: model.connectionCapBps,
      onDone: () => this.#finish(grant),
    });
  }

  #finish(grant: Grant): void {
    const { uploader, receiver, piece } = grant;
    const { model, ledger, simulation } = this.#arena;
    const bytes = pieceSizeOf(model, piece);
    closeGrant(grant, this.#downloads);
    receiver.held.add(piece);
    if (receiver.picker.isTold)
      for (const neighbour of receiver.neighbours) this.#pickers[neighbour]!.announced(piece);
    this.#seeding.arrived(receiver, piece);
    this.#choking.exchanged(grant, bytes);
    ledger.received(uploader.number, receiver.number, bytes);
    simulation.digest.add(simulation.now, TRACE.pieceReceived, receiver.number, piece);
    if (receiver.held.size === this.#pieces) this.#arena.downloaded(receiver.number);
    const seeder = this.#peers[SERVER]!;
    if (uploader === seeder && ledger.uploaded[SERVER]! >= model.seederLeavesAfterBytes) this.#part(seeder);
    this.#fillSlots(uploader);
    this.#fillSlots(receiver);
    // The seeder passes over receivers that are busy: one of them has just become less so.
    this.#fillSlots(seeder);
  }

  /** A peer goes for good. What was on its way from it is asked of others. */
  #part(peer: Peer): void {
    peer.isHere = false;
    const cutOff = new Set(peer.uploads.map(({ receiver }) => receiver));
    for (const grant of [...peer.uploads, ...peer.downloads]) this.#abort(grant);
    for (const neighbour of this.#neighboursOf(peer)) this.#choking.parted(peer, neighbour);
    if (peer.number !== SERVER) this.#loseCopies(peer);
    peer.held.clear();
    for (const neighbour of this.#neighboursOf(peer)) this.#fillSlots(neighbour);
    for (const receiver of cutOff) this.#wakeNeighboursOf(receiver);
  }

  #abort(grant: Grant): void {
    const { model, network, ledger } = this.#arena;
    closeGrant(grant, this.#downloads);
    grant.receiver.picker.released(grant.piece);
    if (grant.flow !== undefined) {
      const sent = pieceSizeOf(model, grant.piece) - network.cancel(grant.flow);
      ledger.wasted(grant.uploader.number, sent);
    }
    if (grant.uploader.number === SERVER) this.#seeding.cutOff(grant);
  }

  #loseCopies(peer: Peer): void {
    for (const piece of peer.picker.isTold ? peer.held : []) {
      for (const neighbour of peer.neighbours) this.#pickers[neighbour]!.lost(piece);
    }
    this.#seeding.left(peer);
  }
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
