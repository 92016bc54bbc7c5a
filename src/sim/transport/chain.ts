import { type ChainModel, pieceCountOf, pieceSizeOf } from '../deployment-model.ts';
import { SERVER } from '../network/topology.ts';
import { Corruption } from './corruption.ts';
import { type Arena, connectS, type Transport } from './transport.ts';

/** One connection: from a peer to one that it passes the image on to. */
interface Hop {
  readonly sender: number;
  readonly receiver: number;
  /** Pieces that the sender has and the receiver has, both in order. */
  offered: number;
  delivered: number;
  isOpen: boolean;
  /** How often it was begun to connect or cut: of several attempts only the last counts. */
  attempts: number;
  readonly flow: number;
}

/**
 * Every machine passes the pieces on to the next one, in the order of arrival (Kascade: Jeanvoine et al. 2013), or to the
 * next few, which makes a tree that is filled level by level. It starts when all machines are there; a machine that dies
 * cuts off those behind it, until it is back, if ever, with the pieces that it had.
 */
export class Chain implements Transport {
  readonly #arena: Arena;
  readonly #setUpS: number;
  readonly #children: number;
  readonly #pieces: number;
  readonly #corruption: Corruption;
  readonly #waiting = new Set<number>();
  readonly #dead = new Set<number>();
  /** Machines, and the server, that are away and will come back: a chain that has not started waits for them. */
  readonly #away = new Set<number>();
  #hops: Hop[] = [];

  constructor(arena: Arena, { hopSetUpS, children }: ChainModel) {
    this.#arena = arena;
    this.#children = children;
    this.#setUpS = hopSetUpS + connectS(arena.model);
    this.#pieces = pieceCountOf(arena.model);
    this.#corruption = new Corruption(arena.model, arena.randomSeed);
  }

  join(machine: number): void {
    this.#away.delete(machine);
    if (this.#hops.length > 0) return this.#rejoin(machine);
    this.#waiting.add(machine);
    this.#startWhenComplete();
  }

  leave(machine: number, isBackLater = false): void {
    (isBackLater ? this.#away : this.#dead).add(machine);
    this.#waiting.delete(machine);
    this.#cutHopsOf(machine);
    if (this.#hops.length === 0) this.#startWhenComplete();
  }

  serverStopped(): void {
    this.#away.add(SERVER);
    this.#cutHopsOf(SERVER);
  }

  serverStarted(): void {
    this.#away.delete(SERVER);
    if (this.#hops.length > 0) return this.#rejoin(SERVER);
    this.#startWhenComplete();
  }

  diagnose(): string {
    const shape = this.#children === 1 ? 'chain' : 'tree';
    return `a machine before it in the ${shape} died, and a ${shape} does not mend itself`;
  }

  #startWhenComplete(): void {
    if (this.#waiting.size === 0 || this.#away.has(SERVER)) return;
    if (this.#waiting.size + this.#dead.size < this.#arena.model.machines.length) return;
    const peers = [SERVER, ...[...this.#waiting].sort((a, b) => a - b)];
    this.#hops = peers.slice(1).map((receiver, place) => ({
      sender: peers[Math.floor(place / this.#children)]!,
      receiver,
      offered: place < this.#children ? this.#pieces : 0,
      delivered: 0,
      isOpen: place < this.#children,
      attempts: 0,
      flow: this.#arena.network.open(this.#deliver, place),
    }));
    for (let place = 0; place < Math.min(this.#children, this.#hops.length); place++) this.#advance(place);
  }

  #advance(place: number): void {
    const hop = this.#hops[place]!;
    if (!hop.isOpen || hop.delivered === hop.offered) return;
    const { model, network, connections } = this.#arena;
    if (network.isRunning(hop.flow)) return;
    const { sender, receiver, delivered: piece } = hop;
    connections.send(hop.flow, { sender, receiver, piece, bytes: pieceSizeOf(model, piece) });
  }

  readonly #deliver = (place: number): void => {
    const { model, ledger, simulation, connections } = this.#arena;
    const hop = this.#hops[place]!;
    if (this.#corruption.strikes()) return this.#sendAgain(place, hop);
    connections.arrived(hop.flow, hop.receiver, hop.delivered);
    ledger.received(hop.sender, hop.receiver, pieceSizeOf(model, hop.delivered));
    const { receiver: machine, delivered: piece, sender } = hop;
    simulation.trace.addPiece(simulation.now, { machine, piece, sender });
    hop.delivered++;
    if (hop.delivered === this.#pieces) this.#arena.downloaded(hop.receiver);
    const first = (place + 1) * this.#children;
    for (let next = first; next < first + this.#children; next++) this.#offer(next);
    this.#advance(place);
  };

  /** A piece whose hash is wrong is thrown away. */
  #sendAgain(place: number, { flow, sender, receiver, delivered }: Hop): void {
    const { model, ledger, simulation, connections } = this.#arena;
    connections.ended(flow);
    ledger.wasted(sender, pieceSizeOf(model, delivered));
    simulation.trace.add(simulation.now, 'pieceSpoiled', receiver);
    this.#advance(place);
  }

  /** The next machine is connected to when the first piece is there. */
  #offer(place: number): void {
    const hop = this.#hops[place];
    if (!hop) return;
    hop.offered++;
    if (hop.offered > 1) return this.#advance(place);
    this.#connect(place, hop);
  }

  #connect(place: number, hop: Hop): void {
    if (this.#isGone(hop.sender) || this.#isGone(hop.receiver)) return;
    const attempt = ++hop.attempts;
    this.#arena.simulation.after(this.#setUpS, () => {
      if (hop.attempts !== attempt) return;
      hop.isOpen = true;
      this.#advance(place);
    });
  }

  #isGone(peer: number): boolean {
    return this.#dead.has(peer) || this.#away.has(peer);
  }

  #cutHopsOf(peer: number): void {
    for (const hop of this.#hops) {
      if (hop.sender === peer || hop.receiver === peer) this.#cut(hop);
    }
  }

  /** A peer is back: its hops are connected again, where there has been something to pass on. */
  #rejoin(peer: number): void {
    for (const [place, hop] of this.#hops.entries()) {
      if (hop.receiver === peer && hop.delivered === this.#pieces) this.#arena.downloaded(peer);
      const isOfIt = hop.sender === peer || hop.receiver === peer;
      if (isOfIt && hop.offered > 0) this.#connect(place, hop);
    }
  }

  #cut(hop: Hop): void {
    hop.isOpen = false;
    hop.attempts++;
    const { model, network, ledger, connections } = this.#arena;
    if (!network.isRunning(hop.flow)) return;
    ledger.wasted(hop.sender, pieceSizeOf(model, hop.delivered) - connections.cancel(hop.flow));
  }
}
