import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../src/sim/kernel/random-stream.ts';
import { SERVER } from '../../../src/sim/network/topology.ts';
import { SuperSeeding } from '../../../src/sim/swarm/super-seeding.ts';
import { newSwarmState } from '../../../src/sim/swarm/swarm.ts';
import { aSwarm } from '../a-model.ts';

const PIECES = 4;
const LAST = PIECES - 1;

/** A super seeder, a machine that has all pieces but the last, and one that has none; nobody knows anybody. */
class Meeting {
  readonly #seeding: SuperSeeding;
  readonly #swarm;

  constructor(randomSeed: number) {
    const chance = new RandomStream(randomSeed, 'swarm');
    this.#swarm = newSwarmState(
      aSwarm({ seeder: 'superseed', mostConnections: 9 }),
      { sites: [0, 0, 0], pieces: PIECES, chance },
      new RandomStream(1, 'handout'),
    );
    this.#seeding = new SuperSeeding({ ...this.#swarm, isInterested: () => true });
    for (let piece = 0; piece < LAST; piece++) this.#swarm.held.row(1).add(piece);
  }

  link(machine: number): this {
    this.#swarm.isHere[machine] = 1;
    this.#swarm.tracker!.neighbours.link(SERVER, machine);
    this.#seeding.relinked();
    return this;
  }

  /** The server loses all its neighbours. */
  part(): this {
    this.#swarm.tracker!.neighbours.unlink(SERVER);
    this.#seeding.relinked();
    return this;
  }

  leave(machine: number): this {
    this.#swarm.isHere[machine] = 0;
    this.#seeding.left(machine);
    this.#swarm.held.row(machine).clear();
    this.#swarm.tracker!.neighbours.unlink(machine);
    this.#seeding.relinked();
    return this;
  }

  /** What the second machine is offered first. */
  offer(): number {
    return this.link(2).#seeding.pieceFor(2);
  }
}

/** What is offered after this by any of many random seeds, in order. */
function offersAfter(story: (meeting: Meeting) => Meeting): number[] {
  const offers = Array.from({ length: 40 }, (_, randomSeed) => story(new Meeting(randomSeed)).offer());
  return [...new Set(offers)].sort();
}

describe('a super seeder whose neighbours come and go', () => {
  it('knows what a new neighbour has already', () => {
    expect(offersAfter((meeting) => meeting.link(1))).toEqual([LAST]);
    expect(offersAfter((meeting) => meeting.link(1).part().link(1))).toEqual([LAST]);
  });

  it('forgets it when they lose each other, or the neighbour goes', () => {
    expect(offersAfter((meeting) => meeting.link(1).part())).toEqual([0, 1, 2, 3]);
    expect(offersAfter((meeting) => meeting.link(1).leave(1))).toEqual([0, 1, 2, 3]);
    expect(offersAfter((meeting) => meeting.link(1).part().leave(1))).toEqual([0, 1, 2, 3]);
  });
});
