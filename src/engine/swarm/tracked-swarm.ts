import type { Chance } from './policy/chance.ts';
import { HANDOUTS, type HandoutName } from './policy/handout/handout-by-name.ts';
import { Membership } from './policy/handout/membership.ts';

/** What a peer tells its tracker (BEP 3). */
export interface Announce {
  /** Hex. */
  readonly peerId: string;
  readonly event: 'started' | 'stopped' | 'completed' | 'update' | 'paused';
  /** The address that the announce came from. */
  readonly ip: string;
  readonly port: number;
  readonly leftBytes: number;
  /** Peers asked for at most. */
  readonly wanted: number;
  /** Addresses of peers that it has lost, as it was told of them. */
  readonly lost: readonly string[];
  /** Label of its site, empty for one without a name; undefined for a client that knows nothing of sites. */
  readonly site: string | undefined;
  /** The address that it has at its site, as it says; undefined where it says none. */
  readonly localIp: string | undefined;
}

/** A peer as others are told of it. */
export interface Contact {
  readonly peerId: string;
  readonly ip: string;
  readonly port: number;
}

export interface TrackerAnswer extends PeerCounts {
  readonly peers: readonly Contact[];
  /** Time until the next announce [s]. */
  readonly interval: number;
}

/** Peers that have the whole image, and others. */
export interface PeerCounts {
  readonly complete: number;
  readonly incomplete: number;
}

interface Peer {
  /** In the membership. */
  readonly number: number;
  readonly announced: Announce;
  isComplete: boolean;
  heardMs: number;
  intervalS: number;
}

/** Peers that know nothing of sites ask as seldom as on the internet [s]. */
export const PLAIN_INTERVAL_S = 600;
/** Our own ask soon, to hear of those who came just after them, and then less and less often. */
const FIRST_INTERVAL_S = 2;
const LONGEST_INTERVAL_S = 30;
/** A peer is taken for dead when it has missed an announce and is late for the next by this. */
const GRACE_MS = 5_000;
const SWEEP_MS = 1_000;
/** Inventions must not fill the memory: beyond this the peer that was heard longest ago is forgotten. */
const MOST_PEERS = 20_000;

/** One swarm of the tracker: who is in it, and whom each is told of. */
export class TrackedSwarm {
  readonly #handout: HandoutName;
  readonly #chance: Chance;
  readonly #members = new Membership();
  /** By address, the one that was heard longest ago first. */
  readonly #peers = new Map<string, Peer>();
  readonly #byNumber = new Map<number, Peer>();
  #complete = 0;
  #sweptMs = 0;

  constructor(handout: HandoutName, chance: Chance) {
    this.#handout = handout;
    this.#chance = chance;
  }

  counts(): PeerCounts {
    return { complete: this.#complete, incomplete: this.#peers.size - this.#complete };
  }

  announce(announce: Announce, nowMs: number): TrackerAnswer {
    this.#forgetDead(nowMs);
    if (announce.event === 'stopped') {
      this.#forget(addressOf(announce));
      return { ...this.counts(), peers: [], interval: PLAIN_INTERVAL_S };
    }
    const peer = this.#hear(announce, nowMs);
    this.#part(peer, announce);
    return { ...this.counts(), peers: this.#contactsFor(peer, announce.wanted), interval: peer.intervalS };
  }

  #hear(announce: Announce, nowMs: number): Peer {
    const address = addressOf(announce);
    // Another peer at the same address: the one that was there has gone.
    if (this.#peers.get(address)?.announced.peerId !== announce.peerId) this.#forget(address);
    const known = this.#peers.get(address);
    const peer = known ?? this.#join(announce);
    peer.heardMs = nowMs;
    this.#members.heard(peer.number);
    if (known) peer.intervalS = Math.max(peer.intervalS, Math.min(2 * peer.intervalS, LONGEST_INTERVAL_S));
    if (announce.leftBytes === 0 || announce.event === 'completed') this.#completed(peer);
    this.#peers.delete(address);
    this.#peers.set(address, peer);
    return peer;
  }

  #join(announced: Announce): Peer {
    if (this.#peers.size === MOST_PEERS) this.#forget(this.#peers.keys().next().value!);
    const number = this.#members.join({
      site: announced.site ?? '',
      isSource: announced.leftBytes === 0,
      isHidden: isBehindNat(announced),
    });
    const intervalS = announced.site === undefined ? PLAIN_INTERVAL_S : FIRST_INTERVAL_S;
    const peer = { number, announced: { ...announced, lost: [] }, isComplete: false, heardMs: 0, intervalS };
    this.#byNumber.set(number, peer);
    return peer;
  }

  /** Whom it has lost it is not told of again until that peer was heard: others may reach it all the same. */
  #part({ number: asker }: Peer, announce: Announce): void {
    if (announce.lost.length === 0) return;
    for (const other of [...this.#members.linksOf(asker)]) {
      const { ip, port } = contactFor(announce, this.#byNumber.get(other)!.announced);
      if (announce.lost.includes(`${ip.includes(':') ? `[${ip}]` : ip}:${port}`))
        this.#members.part(asker, other);
    }
  }

  #completed(peer: Peer): void {
    if (!peer.isComplete) this.#complete++;
    peer.isComplete = true;
  }

  #forget(address: string): void {
    const peer = this.#peers.get(address);
    if (!peer) return;
    if (peer.isComplete) this.#complete--;
    this.#peers.delete(address);
    this.#byNumber.delete(peer.number);
    this.#members.leave(peer.number);
  }

  #forgetDead(nowMs: number): void {
    if (nowMs - this.#sweptMs < SWEEP_MS) return;
    this.#sweptMs = nowMs;
    for (const [address, { heardMs, intervalS }] of this.#peers) {
      if (nowMs - heardMs > 2 * intervalS * 1000 + GRACE_MS) this.#forget(address);
    }
  }

  /** Whoever knows nothing of sites is told of anybody, and takes no part in the links that are counted. */
  #contactsFor({ number: asker, announced }: Peer, wanted: number): Contact[] {
    const ask = { members: this.#members, asker, wanted, chance: this.#chance };
    const handout = announced.site === undefined ? 'random' : this.#handout;
    const told = HANDOUTS[handout](ask);
    if (announced.site !== undefined) this.#members.tell(asker, told);
    return told.map((number) => contactFor(announced, this.#byNumber.get(number)!.announced));
  }
}

/** Two peers behind one NAT may listen at the same port. */
function addressOf({ ip, localIp = '', port }: Announce): string {
  return `${ip} ${localIp} ${port}`;
}

function isBehindNat({ ip, localIp, site }: Announce): boolean {
  return site !== undefined && localIp !== undefined && localIp !== ip;
}

/** Neighbours at one site, behind one NAT if there is any, call each other by their own addresses; others see the NAT. */
function contactFor(asker: Announce, { peerId, ip, localIp, port, site }: Announce): Contact {
  const isNear = asker.site !== undefined && asker.site === site && asker.ip === ip;
  return { peerId, ip: isNear ? (localIp ?? ip) : ip, port };
}
