import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../src/sim/kernel/random-stream.ts';
import { Simulation } from '../../../src/sim/kernel/simulation.ts';
import { ClassicChoking } from '../../../src/sim/swarm/classic-choking.ts';
import { newSwarmState } from '../../../src/sim/swarm/swarm.ts';
import { aSwarm } from '../a-model.ts';

const PIECES = 4;
const SLOTS = 2;
const NEIGHBOURS = 6;

/** Peer 0 and its neighbours 1 to 6, who want everything from it; what they exchange is told by the test. */
class Station {
  readonly simulation = new Simulation();
  /** When peer 0 was told that somebody may have been unchoked [s]. */
  readonly rounds: number[] = [];
  readonly #choking: ClassicChoking;

  constructor({ isSeeder }: { isSeeder: boolean }) {
    const chance = new RandomStream(1, 'swarm');
    const swarm = newSwarmState(
      aSwarm({ handout: 'regular', uploadSlots: SLOTS, seederSlots: SLOTS, neighbours: NEIGHBOURS }),
      { sites: Array(1 + NEIGHBOURS).fill(0), pieces: PIECES, chance },
      new RandomStream(1, 'handout'),
    );
    const held = swarm.held.row(0);
    for (let piece = 0; piece < (isSeeder ? PIECES : 1); piece++) held.add(piece);
    this.#choking = new ClassicChoking(
      { ...swarm, isInterested: (_, uploader) => uploader === 0 },
      {
        simulation: this.simulation,
        unchoked: (uploader) => {
          if (uploader === 0) this.rounds.push(this.simulation.now);
        },
      },
    );
  }

  at(timeS: number, action: () => void): this {
    this.simulation.after(timeS, action);
    return this;
  }

  /** All neighbours come. */
  meetAll(): void {
    for (let neighbour = 1; neighbour <= NEIGHBOURS; neighbour++) this.#choking.met(0, neighbour);
  }

  /** One of them is gone. */
  part(neighbour: number): void {
    this.#choking.parted(0, neighbour);
  }

  meet(neighbour: number): void {
    this.#choking.met(0, neighbour);
  }

  exchange(uploader: number, receiver: number, bytes: number): void {
    this.#choking.exchanged(uploader, receiver, bytes);
  }

  /** Whom peer 0 serves first with a free slot. */
  next(): number {
    return this.#choking.next(0);
  }
}

/** Whom the station serves first at these times [s]. */
function servedAt(times: readonly number[], station: Station): number[] {
  const served: number[] = [];
  for (const time of times) station.at(time, () => void served.push(station.next()));
  station.simulation.run();
  return served;
}

describe('classic choking on virtual time', () => {
  it('serves who gave most, as long as it is incomplete', () => {
    const station = new Station({ isSeeder: false }).at(3, () => station.meetAll());
    station.at(4, () => {
      station.exchange(5, 0, 10);
      station.exchange(2, 0, 9);
      station.exchange(0, 3, 99);
    });
    expect(servedAt([5, 14], station)[1]).toBe(5);
  });

  it('serves who took most when it is complete', () => {
    const station = new Station({ isSeeder: true }).at(3, () => station.meetAll());
    station.at(4, () => {
      station.exchange(5, 0, 99);
      station.exchange(0, 3, 10);
      station.exchange(0, 2, 9);
    });
    expect(servedAt([5, 14], station)[1]).toBe(3);
  });

  it('looks back twenty seconds', () => {
    const station = new Station({ isSeeder: false }).at(0, () => station.meetAll());
    station.at(1, () => station.exchange(5, 0, 100));
    station.at(11, () => station.exchange(2, 0, 10));
    expect(servedAt([5, 12, 22, 32], station).slice(1)).toEqual([5, 5, 2]);
  });

  it('holds a round when it meets its first neighbour, and every ten seconds from there on', () => {
    const station = new Station({ isSeeder: true }).at(3, () => station.meetAll());
    servedAt([4, 5, 14, 33.5], station);
    expect(station.rounds).toEqual([3, 13, 23, 43]);
  });

  it('serves no other between two rounds, whatever they give', () => {
    const station = new Station({ isSeeder: false }).at(0, () => station.meetAll());
    station.at(1, () => station.exchange(5, 0, 10));
    for (let time = 11; time < 19; time++) station.at(time, () => station.exchange(2, 0, 100));
    expect(new Set(servedAt([5, 11.5, 15, 19], station).slice(1))).toEqual(new Set([5]));
  });

  it('counts for each neighbour what it gave, whoever else goes', () => {
    const station = new Station({ isSeeder: false }).at(0, () => station.meetAll());
    station.at(1, () => {
      for (const [neighbour, bytes] of [1, 2, 3, 50, 5, 4].entries())
        station.exchange(1 + neighbour, 0, bytes);
    });
    station.at(2, () => {
      station.part(1);
      station.part(6);
    });
    expect(servedAt([5, 12], station)[1]).toBe(4);
  });

  it('counts nothing of what a neighbour gave before it went and came back', () => {
    const station = new Station({ isSeeder: false }).at(0, () => station.meetAll());
    station.at(1, () => {
      station.exchange(5, 0, 100);
      station.exchange(2, 0, 10);
    });
    station.at(2, () => {
      station.part(5);
      station.meet(5);
    });
    expect(servedAt([5, 12], station)[1]).toBe(2);
  });

  it('holds no round before it has met anybody', () => {
    const station = new Station({ isSeeder: true });
    expect(servedAt([1], station)).toEqual([-1]);
    expect(station.rounds).toEqual([]);
  });

  it('ends by itself when nothing happens any more', () => {
    const station = new Station({ isSeeder: true }).at(0, () => station.meetAll());
    servedAt([1], station);
    expect(station.simulation.now).toBe(10);
  });
});
