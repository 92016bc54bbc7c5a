import { nextGrant } from '../../engine/swarm/policy/grant-choker.ts';
import { handOutPeers } from '../../engine/swarm/policy/peer-handout.ts';
import { PieceDealer } from '../../engine/swarm/policy/piece-dealer.ts';
import {
  isInterested,
  type PiecePicker,
  pickRandom,
  pickRarest,
} from '../../engine/swarm/policy/piece-picker.ts';
import { type P2pModel, pieceCountOf, pieceSizeOf } from '../deployment-model.ts';
import { RandomStream } from '../kernel/random-stream.ts';
import { SERVER } from '../network/topology.ts';
import { type Grant, isServing, newPeer, type Peer } from '../swarm/peer.ts';
import { type Arena, isStreamed, TRACE, type Transport } from './transport.ts';

/**
 * The swarm. Every upload is a grant of one piece: whoever has a free slot unchokes a neighbour that wants something,
 * the neighbour picks the piece, and it flows. Whole pieces come from one source; there is no endgame.
 */
export class P2p implements Transport {
  readonly #arena: Arena;
  readonly #pieces: number;
  readonly #peers: Peer[];
  readonly #pick: PiecePicker;
  readonly #chance: RandomStream;
  readonly #dealer: PieceDealer;
  /** By piece: machines that have it. */
  readonly #holders: Uint32Array;
  /** While pieces are dealt, a receiver with this many downloads is left to its peers: the piece would be slow. */
  readonly #enoughDownloads: number;

  constructor(arena: Arena, settings: P2pModel) {
    const { model, randomSeed } = arena;
    this.#arena = arena;
    this.#pieces = pieceCountOf(model);
    this.#chance = new RandomStream(randomSeed, 'swarm');
    this.#pick = settings.picker === 'rarest' ? pickRarest : pickRandom;
    this.#enoughDownloads = settings.uploadSlots + 1;
    this.#holders = new Uint32Array(this.#pieces);
    const isDealing = settings.seeder === 'dealing';
    this.#dealer = new PieceDealer(isDealing ? this.#pieces : 0);

    const known = handOutPeers(
      model.machines.length + 1,
      settings.neighbours,
      new RandomStream(randomSeed, 'handout'),
    );
    this.#peers = known.map((neighbours, number) => {
      const slots = number === SERVER ? settings.seederSlots : settings.uploadSlots;
      return newPeer(number, slots, { pieces: this.#pieces, neighbours });
    });
    const seeder = this.#peers[SERVER]!;
    seeder.isHere = true;
    if (!isDealing) for (let piece = 0; piece < this.#pieces; piece++) seeder.held.add(piece);
  }

  join(machine: number): void {
    const peer = this.#peers[machine]!;
    peer.isHere = true;
    this.#wakeNeighboursOf(peer);
  }

  leave(machine: number): void {
    const peer = this.#peers[machine]!;
    if (!peer.isHere) return;
    peer.isHere = false;
    const cutOff = new Set([...peer.uploads].map(({ receiver }) => receiver));
    for (const grant of [...peer.uploads, ...peer.downloads]) this.#abort(grant);
    for (const piece of peer.held) this.#loseCopy(peer, piece);
    for (const neighbour of this.#neighboursOf(peer)) this.#fillSlots(neighbour);
    for (const receiver of cutOff) this.#wakeNeighboursOf(receiver);
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

  /** Unchokes until all slots of the uploader are taken or nobody wants anything. */
  #fillSlots(uploader: Peer): void {
    while (uploader.isHere && uploader.uploads.size < uploader.slots) {
      const grant = this.#isDealing(uploader) ? this.#dealtGrant(uploader) : this.#chosenGrant(uploader);
      if (!grant) return;
      this.#begin(grant);
    }
  }

  #isDealing(uploader: Peer): boolean {
    return uploader.number === SERVER && this.#dealer.hasFresh();
  }

  /** The seeder deals a fresh piece to the next receiver in turn that is not busy already. */
  #dealtGrant(seeder: Peer): Grant | undefined {
    const number = this.#dealer.nextReceiver(seeder.neighbours, (candidate) => {
      const receiver = this.#peers[candidate]!;
      return (
        receiver.isHere &&
        this.#dealer.hasFreshFor(receiver.held) &&
        receiver.downloads.size < this.#enoughDownloads &&
        !isServing(seeder, receiver)
      );
    });
    if (number === -1) return undefined;
    const piece = this.#dealer.deal(this.#peers[number]!.held);
    seeder.held.add(piece);
    return { uploader: seeder, receiver: this.#peers[number]!, piece, flow: undefined };
  }

  #chosenGrant(uploader: Peer): Grant | undefined {
    if (uploader.held.size === 0) return undefined;
    const number = nextGrant(
      {
        neighbours: uploader.neighbours,
        downloadsOf: (candidate) => this.#peers[candidate]!.downloads.size,
        canReceive: (candidate) => this.#canReceive(uploader, this.#peers[candidate]!),
      },
      this.#chance,
    );
    if (number === -1) return undefined;
    const receiver = this.#peers[number]!;
    const piece = this.#pick({
      offered: uploader.held,
      held: receiver.held,
      claimed: receiver.claimed,
      availability: receiver.availability,
      salt: this.#chance.below(0x7fff_ffff),
    });
    return { uploader, receiver, piece, flow: undefined };
  }

  #canReceive(uploader: Peer, receiver: Peer): boolean {
    if (!receiver.isHere || receiver.held.size === this.#pieces || receiver.number === SERVER) return false;
    if (isServing(uploader, receiver)) return false;
    return isInterested({ offered: uploader.held, held: receiver.held, claimed: receiver.claimed });
  }

  #begin(grant: Grant): void {
    grant.uploader.uploads.add(grant);
    grant.receiver.downloads.add(grant);
    grant.receiver.claimed.add(grant.piece);
    const { model, simulation } = this.#arena;
    if (model.latencyS === 0) this.#send(grant);
    else simulation.after(2 * model.latencyS, () => this.#send(grant));
  }

  #send(grant: Grant): void {
    if (!grant.uploader.uploads.has(grant)) return;
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
    this.#close(grant);
    receiver.held.add(piece);
    this.#holders[piece]!++;
    for (const neighbour of receiver.neighbours) this.#peers[neighbour]!.availability[piece]!++;
    ledger.received(uploader.number, receiver.number, pieceSizeOf(model, piece));
    simulation.digest.add(simulation.now, TRACE.pieceReceived, receiver.number, piece);
    if (receiver.held.size === this.#pieces) this.#arena.downloaded(receiver.number);
    this.#fillSlots(uploader);
    this.#fillSlots(receiver);
    // The seeder passes over receivers that are busy: one of them has just become less so.
    this.#fillSlots(this.#peers[SERVER]!);
  }

  #close(grant: Grant): void {
    grant.uploader.uploads.delete(grant);
    grant.receiver.downloads.delete(grant);
    grant.receiver.claimed.delete(grant.piece);
  }

  #abort(grant: Grant): void {
    const { model, network, ledger } = this.#arena;
    this.#close(grant);
    if (grant.flow !== undefined) {
      const sent = pieceSizeOf(model, grant.piece) - network.cancel(grant.flow);
      ledger.wasted(grant.uploader.number, sent);
    }
    if (grant.uploader.number === SERVER) this.#returnIfLost(grant.piece);
  }

  #loseCopy(peer: Peer, piece: number): void {
    this.#holders[piece]!--;
    for (const neighbour of peer.neighbours) this.#peers[neighbour]!.availability[piece]!--;
    this.#returnIfLost(piece);
  }

  /** While pieces are dealt, one that nobody has any more is dealt again. */
  #returnIfLost(piece: number): void {
    const seeder = this.#peers[SERVER]!;
    const isOnItsWay = [...seeder.uploads].some((grant) => grant.piece === piece);
    if (!this.#dealer.hasFresh() || this.#holders[piece]! > 0 || isOnItsWay) return;
    this.#dealer.takeBack(piece);
  }
}
