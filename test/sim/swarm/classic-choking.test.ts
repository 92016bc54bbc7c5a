import { describe, expect, it } from 'vitest';
import { newPicker } from '../../../src/engine/swarm/policy/picker/new-picker.ts';
import { PieceSet } from '../../../src/engine/swarm/policy/piece-set.ts';
import { RandomStream } from '../../../src/sim/kernel/random-stream.ts';
import { Simulation } from '../../../src/sim/kernel/simulation.ts';
import { ClassicChoking } from '../../../src/sim/swarm/classic-choking.ts';
import { newPeer, type Peer } from '../../../src/sim/swarm/peer.ts';

const PIECES = 4;
const SLOTS = 2;

/** Peer 0 and its neighbours 1 to 6, who want everything from it; what they exchange is told by the test. */
class Station {
  readonly simulation = new Simulation();
  /** When peer 0 was told that somebody may have been unchoked [s]. */
  readonly rounds: number[] = [];
  readonly peers: Peer[];
  readonly #choking: ClassicChoking;

  constructor({ isSeeder }: { isSeeder: boolean }) {
    const chance = new RandomStream(1, 'swarm');
    const picker = () =>
      newPicker({ picker: 'rarest', randomFirst: 0 }, { pieces: PIECES, chance, count: () => {} });
    this.peers = Array.from({ length: 7 }, (_, number) =>
      newPeer(number, SLOTS, {
        held: new PieceSet(PIECES),
        neighbours: number === 0 ? Int32Array.of(1, 2, 3, 4, 5, 6) : Int32Array.of(0),
        picker: picker(),
      }),
    );
    const [peer] = this.peers;
    for (let piece = 0; piece < (isSeeder ? PIECES : 1); piece++) peer!.held.add(piece);
    this.#choking = new ClassicChoking(
      {
        peers: this.peers,
        downloads: new Uint32Array(7),
        pieces: PIECES,
        chance,
        isInterested: (_, uploader) => uploader === peer,
      },
      {
        simulation: this.simulation,
        unchoked: (uploader) => {
          if (uploader === peer) this.rounds.push(this.simulation.now);
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
    const [peer, ...neighbours] = this.peers;
    for (const neighbour of neighbours) this.#choking.met(peer!, neighbour);
  }

  exchange(uploader: number, receiver: number, bytes: number): void {
    const grant = {
      uploader: this.peers[uploader]!,
      receiver: this.peers[receiver]!,
      piece: 0,
      flow: undefined,
    };
    this.#choking.exchanged(grant, bytes);
  }

  /** Whom peer 0 serves first with a free slot. */
  next(): number | undefined {
    return this.#choking.next(this.peers[0]!)?.number;
  }
}

/** Whom the station serves first at these times [s]. */
function servedAt(times: readonly number[], station: Station): (number | undefined)[] {
  const served: (number | undefined)[] = [];
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

  it('ends by itself when nothing happens any more', () => {
    const station = new Station({ isSeeder: true }).at(0, () => station.meetAll());
    servedAt([1], station);
    expect(station.simulation.now).toBe(10);
  });
});
