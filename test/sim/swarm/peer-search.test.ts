import { array, assert, constantFrom, nat, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { P2pModel } from '../../../src/sim/deployment-model.ts';
import { RandomStream } from '../../../src/sim/kernel/random-stream.ts';
import { Simulation } from '../../../src/sim/kernel/simulation.ts';
import { SERVER } from '../../../src/sim/network/topology.ts';
import { PeerSearch } from '../../../src/sim/swarm/peer-search.ts';
import { PlainSeeding } from '../../../src/sim/swarm/seeding.ts';
import { newSwarmState, type SwarmState } from '../../../src/sim/swarm/swarm.ts';
import { aSwarm } from '../a-model.ts';

const MACHINES = 6;
const PIECES = 5;

/** The server and machines that come and go as a test says; pieces come from nowhere. */
class Meeting {
  readonly simulation = new Simulation();
  readonly swarm: SwarmState;
  readonly search: PeerSearch;

  constructor(wishes: Partial<P2pModel>) {
    const chance = new RandomStream(1, 'swarm');
    this.swarm = newSwarmState(
      aSwarm({ seeder: 'plain', ...wishes }),
      { sites: Array<number>(1 + MACHINES).fill(0), webClients: MACHINES, pieces: PIECES, chance },
      new RandomStream(1, 'handout'),
    );
    const { announceS = Infinity, pexS = Infinity } = wishes;
    const seeding = new PlainSeeding({ ...this.swarm, isInterested: () => false });
    const { simulation, swarm } = this;
    this.search = new PeerSearch(
      { ...swarm, tracker: swarm.tracker!, machines: MACHINES },
      { simulation, announceS, pexS, chance, seeding, found: () => {} },
    );
  }

  come(peer: number, kept: Iterable<number>): void {
    this.swarm.isHere[peer] = 1;
    if (peer === SERVER) for (const piece of kept) this.swarm.held.row(SERVER).add(piece);
    this.search.joined(peer);
    if (peer !== SERVER) for (const piece of kept) this.#announce(peer, piece);
  }

  get(machine: number, piece: number): void {
    this.swarm.picking.claimed(machine, piece);
    this.#announce(machine, piece);
  }

  /** @returns what it had */
  go(peer: number): number[] {
    const { isHere, held, picking } = this.swarm;
    const kept = [...held.row(peer)];
    isHere[peer] = 0;
    if (peer !== SERVER) for (const piece of kept) picking.lost(peer, piece);
    held.row(peer).clear();
    this.search.left(peer);
    return kept;
  }

  /** Machines among the neighbours of one that have a piece. */
  copiesAround(machine: number, piece: number): number {
    const { neighbours, held } = this.swarm;
    return neighbours.of(machine).filter((other) => other !== SERVER && held.row(other).has(piece)).length;
  }

  #announce(machine: number, piece: number): void {
    this.swarm.held.row(machine).add(piece);
    this.swarm.picking.announced(machine, piece);
  }
}

describe('peers that look for each other', () => {
  it('know how rare a piece is among their neighbours, whoever went and came back', () => {
    const steps = array(
      record({ peer: nat(MACHINES), piece: nat(PIECES - 1), isVisit: constantFrom(true, false) }),
      {
        minLength: 40,
        maxLength: 80,
      },
    );
    const ways = constantFrom<Partial<P2pModel>>(
      { mostConnections: 2 },
      { announceS: 1 },
      { pexS: 1, neighbours: 2 },
    );
    assert(
      property(steps, ways, (list, way) => {
        const meeting = new Meeting(way);
        const { isHere, held, picking } = meeting.swarm;
        const kept = new Map<number, number[]>();
        for (const { peer, piece, isVisit } of list) {
          if (isHere[peer] === 0) meeting.come(peer, kept.get(peer) ?? []);
          else if (isVisit) kept.set(peer, meeting.go(peer));
          else if (peer !== SERVER && !held.row(peer).has(piece)) meeting.get(peer, piece);
          for (let machine = 1; machine <= MACHINES; machine++) {
            const lacking = [...Array(PIECES).keys()].filter((each) => !picking.taken.row(machine).has(each));
            if (isHere[machine] === 0 || lacking.length === 0) continue;
            const copies = (each: number) => meeting.copiesAround(machine, each);
            // A web seed has everything, and is behind all peers.
            const picked = picking.pick(machine, MACHINES + 1);
            expect(copies(picked)).toBe(Math.min(...lacking.map(copies)));
          }
        }
      }),
    );
  });

  it('are not looked for by the server, which announces itself once', () => {
    const meeting = new Meeting({ announceS: 1, neighbours: 3, handout: 'random' });
    const { neighbours, tracker } = meeting.swarm;
    const kept = meeting.go(SERVER);
    for (let machine = 1; machine <= MACHINES; machine++) {
      tracker!.join(machine);
      tracker!.neighbours.unlink(machine);
    }
    meeting.come(SERVER, kept.slice(1));
    expect(neighbours.countOf(SERVER)).toBe(3);
    meeting.simulation.run();
    expect(neighbours.countOf(SERVER)).toBe(3);
  });
});
