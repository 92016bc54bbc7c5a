import type { P2pModel } from '../deployment-model.ts';
import { isServerWebSeed } from '../deployment-model.ts';
import { SERVER } from '../network/topology.ts';
import { presentNeighbours } from '../swarm/neighbours.ts';
import { Arrivals } from './arrivals.ts';
import { newP2pParts, type P2pParts } from './p2p-parts.ts';
import { Presence } from './presence.ts';
import type { Arena, Transport } from './transport.ts';

/**
 * The swarm. Every upload is of one piece: whoever has a free slot serves the neighbour that its choker says, the
 * neighbour picks the piece, and it flows. Whole pieces come from one source.
 */
export class P2p implements Transport {
  readonly #parts: P2pParts;
  readonly #presence: Presence;
  readonly #arrivals: Arrivals;
  readonly #staysForS: number;

  constructor(arena: Arena, settings: P2pModel) {
    this.#parts = newP2pParts(arena, settings, (slot) => this.#arrivals.arrived(slot));
    this.#presence = new Presence(this.#parts);
    this.#arrivals = new Arrivals(this.#parts, () => this.#presence.leave(SERVER));
    this.#staysForS = settings.staysForS;
  }

  /** A machine that is going to join has all of the image but so many bytes of each piece. */
  endow(machine: number, lacking: Float64Array): void {
    const { swarm, grants, seeding } = this.#parts;
    grants.lacking.set(machine, lacking);
    const own = swarm.held.row(machine);
    for (const [piece, bytes] of lacking.entries()) {
      if (bytes > 0) continue;
      own.add(piece);
      swarm.picking.claimed(machine, piece);
      swarm.picking.announced(machine, piece);
      seeding.arrived(machine, piece);
    }
  }

  join(machine: number): void {
    this.#presence.join(machine);
  }

  leave(machine: number, isBackLater = false): void {
    this.#presence.leave(machine, isBackLater);
  }

  serverStopped(): void {
    const { arena, swarm, webSeed, serving } = this.#parts;
    swarm.tracker?.stop();
    this.#presence.leave(SERVER, true);
    if (!isServerWebSeed(arena.model)) return;
    for (const machine of webSeed!.stopped()) serving.wake(machine);
  }

  serverStarted(): void {
    const { arena, swarm, search, webSeed } = this.#parts;
    swarm.tracker?.start();
    search?.wake();
    if (isServerWebSeed(arena.model)) webSeed!.started();
    this.#presence.seederIsBack();
  }

  trackerStopped(): void {
    this.#parts.swarm.tracker!.stop();
  }

  /** The machine leaves when it has served others long enough. */
  done(machine: number): void {
    const { simulation } = this.#parts.arena;
    if (this.#staysForS === Number.POSITIVE_INFINITY) return;
    simulation.after(this.#staysForS, () => {
      simulation.trace.add(simulation.now, 'left', machine);
      this.leave(machine);
    });
  }

  diagnose(machine: number): string {
    const { swarm } = this.#parts;
    const held = swarm.held.row(machine);
    let missing = 0;
    while (held.has(missing)) missing++;
    const isAlone = presentNeighbours(swarm, machine).next().done;
    const reason = isAlone ? 'it knows nobody who is there' : `none of its neighbours has piece ${missing}`;
    const seeder = swarm.isHere[SERVER] === 1 ? '' : '; the seeder is gone';
    return `it has ${held.size} of ${swarm.pieces} pieces, and ${reason}${seeder}`;
  }
}
