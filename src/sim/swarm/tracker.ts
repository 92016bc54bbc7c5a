import { HANDOUTS } from '../../engine/swarm/policy/handout/handout-by-name.ts';
import { Membership } from '../../engine/swarm/policy/handout/membership.ts';
import type { P2pModel } from '../deployment-model.ts';
import type { RandomStream } from '../kernel/random-stream.ts';
import { SERVER } from '../network/topology.ts';
import { GrowingNeighbours } from './growing-neighbours.ts';

/** Who can come to a swarm, and how it is told of others. */
interface TrackedPeers {
  /** Site of every peer, the server first. */
  readonly sites: readonly number[];
  /** Peers that have everything from the start, beside the server. */
  readonly seeders: readonly number[];
  readonly chance: RandomStream;
}

/**
 * A tracker that is asked by who comes, and again later, and knows those who are there. A link is made at once, where both
 * have room for one more connection; the server always has.
 */
export class Tracker {
  readonly neighbours: GrowingNeighbours;
  readonly #peers: TrackedPeers;
  readonly #settings: P2pModel;
  /** Others that a machine looks for. */
  readonly wanted: number;
  readonly #members = new Membership();
  /** Numbers of the members by peer, and the other way round. */
  readonly #numbers = new Map<number, number>();
  readonly #peerOf = new Map<number, number>();
  /** It answers while this is 0. */
  #stops = 0;

  /** Seeders are there from the start. */
  constructor(settings: P2pModel, peers: TrackedPeers) {
    this.#settings = settings;
    const { neighbours, mostConnections = Number.POSITIVE_INFINITY } = settings;
    // BitTorrent's first client opened 40 connections and took 80: who opens as many as it may keep leaves no room for who
    // comes later, and the swarm falls apart into those who came together.
    this.wanted = Math.min(neighbours, Math.ceil(mostConnections / 2));
    this.#peers = peers;
    this.neighbours = new GrowingNeighbours(peers.sites.length, mostConnections);
    for (const seeder of [SERVER, ...peers.seeders]) this.join(seeder);
  }

  /** @returns peers that it is linked to now */
  join(peer: number): number[] {
    if (this.#stops > 0) return [];
    const { sites, seeders } = this.#peers;
    const isSource = peer === SERVER || seeders.includes(peer);
    const number = this.#members.join({ site: String(sites[peer]), isSource, isHidden: false });
    this.#numbers.set(peer, number);
    this.#peerOf.set(number, peer);
    return this.ask(peer);
  }

  /** @returns peers that it is linked to now and was not before */
  ask(peer: number): number[] {
    const { handout, neighbours } = this.#settings;
    if (this.#stops > 0) return [];
    const { chance } = this.#peers;
    const asker = this.#numbers.get(peer)!;
    const wanted = peer === SERVER ? neighbours : this.wanted;
    const told = HANDOUTS[handout]({ members: this.#members, asker, wanted, chance });
    const others = told.map((number) => this.#peerOf.get(number)!);
    const found = this.neighbours.connect(peer, others);
    // Some it may have met before without the tracker.
    const linked = told.filter((_, place) => this.neighbours.areLinked(peer, others[place]!));
    this.#members.tell(asker, linked);
    return found;
  }

  /** Whether chance alone has kept a peer from others that have room for it. */
  mayYetTell(peer: number): boolean {
    if (this.#settings.handout !== 'random' || this.#stops > 0) return false;
    return this.#numbers.keys().some((other) => this.neighbours.canLink(peer, other));
  }

  /** From now on nobody gets an answer. */
  stop(): void {
    this.#stops++;
  }

  /** A stop is over; when none is left it answers again, and knows who is there. */
  start(): void {
    this.#stops--;
  }

  /** The peer is gone, and its neighbours have room for others. */
  leave(peer: number): void {
    this.neighbours.unlink(peer);
    const number = this.#numbers.get(peer);
    // Who came and got no answer it does not know.
    if (number === undefined) return;
    this.#members.leave(number);
    this.#numbers.delete(peer);
    this.#peerOf.delete(number);
  }
}
