import { array, assert, constantFrom, double, integer, nat, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LinkChange, MachineModel } from '../../../src/sim/deployment-model.ts';
import { simulate } from '../../../src/sim/simulate.ts';
import { expectedCarouselPackets } from '../../../src/sim/theory/carousel.ts';
import { aModel, aMulticast, LINK_BPS, PIECE_BYTES } from '../a-model.ts';
import { doneTimes, failures, makespanS, sigmasOff } from '../readings.ts';

const LINK = { upBps: LINK_BPS, downBps: LINK_BPS };
const ROUND = aMulticast({ packetBytes: PIECE_BYTES / 16, isCarousel: true });

/** Once around takes eight seconds. */
function turnFor(machines: number | readonly Partial<MachineModel>[], wishes: object = {}) {
  return simulate(aModel({ machines, pieces: 8, link: LINK, transport: ROUND, ...wishes }), 1);
}

function cut(atS: number, forS: number): { linkChanges: LinkChange[] } {
  return {
    linkChanges: [
      { atS, link: { upBps: 0, downBps: 0 } },
      { atS: atS + forS, link: LINK },
    ],
  };
}

/** Copies that the server sent, and those that were of no use. */
function books({ serverUploadedBytes, wastedBytes }: ReturnType<typeof turnFor>): [number, number] {
  return [serverUploadedBytes / PIECE_BYTES / 8, wastedBytes / PIECE_BYTES / 8];
}

describe('a carousel', () => {
  it('has a machine done when the image has come by once, whenever it joins', () => {
    const result = turnFor([{}, { joinsAfterS: 3 }, { joinsAfterS: 7.5 }]);
    expect(doneTimes(result)).toEqual([8, 11, 15.5]);
    expect(books(result)).toEqual([15.5 / 8, 7.5 / 8]);
  });

  it('waits for nobody but as long as it is told', () => {
    const arrival = { kind: 'staggered', intervalS: 5 } as const;
    expect(doneTimes(turnFor(3, { arrival, transport: { ...ROUND, waitS: 2 } }))).toEqual([10, 13, 18]);
  });

  it('stands while nobody listens, and goes on from where it stopped', () => {
    const result = turnFor([{}, { joinsAfterS: 100 }]);
    expect(doneTimes(result)).toEqual([8, 108]);
    expect(books(result)).toEqual([2, 1]);
  });

  it('arrives one latency after it was sent', () => {
    expect(doneTimes(turnFor([{}, { joinsAfterS: 4 }], { latencyS: 0.5 }))).toEqual([8.5, 12]);
  });

  it('keeps to a rate that all bear, those that are still to come among them', () => {
    const slow = { joinsAfterS: 1, link: { upBps: LINK_BPS, downBps: LINK_BPS / 4 } };
    expect(doneTimes(turnFor([{}, slow]))).toEqual([32, 33]);
  });

  it.each([
    [1, 0.05],
    [1, 0.4],
    [20, 0.01],
    [20, 0.2],
  ])('to %i machines at loss %d takes the rounds of the closed form, within 3 sigma', (machines, loss) => {
    const model = aModel({ machines, pieces: 8, loss, link: LINK, transport: ROUND });
    const results = Array.from({ length: 300 }, (_, randomSeed) => simulate(model, randomSeed));
    const roundsOf = (among: number) => expectedCarouselPackets(among, 128, loss) / 128;
    expect(sigmasOff(results.map(makespanS), 8 * roundsOf(machines))).toBeLessThan(3);
    const ofOne = results.map((result) => doneTimes(result)[0]!);
    expect(sigmasOff(ofOne, 8 * roundsOf(1))).toBeLessThan(3);
    expect(
      sigmasOff(
        results.map((result) => books(result)[0]),
        roundsOf(machines),
      ),
    ).toBeLessThan(3);
  });

  it('takes as long for who comes late, by the closed form, within 3 sigma', () => {
    const machines = [{}, { joinsAfterS: 5 }];
    const model = aModel({ machines, pieces: 8, loss: 0.1, link: LINK, transport: ROUND });
    const times = Array.from({ length: 300 }, (_, randomSeed) => doneTimes(simulate(model, randomSeed))[1]!);
    expect(sigmasOff(times, 5 + 8 * (expectedCarouselPackets(1, 128, 0.1) / 128))).toBeLessThan(3);
  });
});

describe('a carousel in which something goes wrong', () => {
  it('turns on for the others when a machine dies', () => {
    const result = turnFor([{ diesAfterS: 4 }, {}, { joinsAfterS: 2 }]);
    expect(doneTimes(result)).toEqual([null, 8, 10]);
    expect(failures(result)[0]).toBe('it was killed, as the scenario asks');
  });

  it('is of no use where nobody gets it', () => {
    const result = turnFor([{ diesAfterS: 4 }]);
    expect(books(result)).toEqual([0.5, 0.5]);
    expect(result.machines[0]!.downloadedBytes).toBe(0);
  });

  it('takes a machine in that comes back, with nothing', () => {
    expect(doneTimes(turnFor([{ diesAfterS: 4, comesBackAfterS: 2 }, {}]))).toEqual([14, 8]);
  });

  it('counts the image once for a machine that had it and comes back', () => {
    const phases = { finish: 5 };
    const result = turnFor([{ diesAfterS: 10, comesBackAfterS: 2 }], { phases });
    expect(doneTimes(result)).toEqual([12 + 8 + 5]);
    expect(result.machines[0]!.downloadedBytes).toBe(8 * PIECE_BYTES);
    expect(books(result)).toEqual([2, 1]);
  });

  it('brings what a machine missed whose cable was out when it comes by again, and holds up nobody', () => {
    const patient = { transport: { ...ROUND, dropAfterS: 99 } };
    expect(doneTimes(turnFor([{}, cut(4, 2)], patient))).toEqual([8, 14]);
    // Out until behind the end of the round: all from the fourth second on is missing, and comes from the twelfth.
    expect(doneTimes(turnFor([{}, cut(4, 6)], patient))).toEqual([8, 16]);
    // Out for a whole round and more: what is missing comes in the third.
    expect(doneTimes(turnFor([{}, cut(4, 14)], patient))).toEqual([8, 24]);
    expect(doneTimes(turnFor([{}, cut(4, 18)], patient))).toEqual([8, 30]);
  });

  it('stands for a machine that is cut off for longer than it is waited for, and goes on when it is back', () => {
    const result = turnFor([cut(4, 50)], { transport: { ...ROUND, dropAfterS: 2 } });
    // From 6 to 54 s it stands, so that two seconds of the image were missed.
    expect(doneTimes(result)).toEqual([4 + 2 + 48 + 8]);
    const cutForGood = [{ linkChanges: [{ atS: 4, link: { upBps: 0, downBps: 0 } }] }];
    const stalled = turnFor(cutForGood, { transport: { ...ROUND, dropAfterS: 2 } });
    expect(failures(stalled)).toEqual(['the deployment stalled: it never heard all of the image']);
    expect(books(stalled)).toEqual([6 / 8, 6 / 8]);
  });

  it('has a machine join whose cable is out', () => {
    const machines = [{}, { joinsAfterS: 2, ...cut(1, 4) }];
    expect(doneTimes(turnFor(machines, { transport: { ...ROUND, dropAfterS: 99 } }))).toEqual([8, 13]);
  });

  it('is never faster than one round from when a machine joins, and conserves bytes', () => {
    const machine = record(
      {
        joinsAfterS: double({ min: 0, max: 30, noNaN: true }),
        diesAfterS: double({ min: 0, max: 30, noNaN: true }),
        comesBackAfterS: double({ min: 0.01, max: 30, noNaN: true }),
        linkChanges: record({
          atS: double({ min: 0, max: 30, noNaN: true }),
          forS: double({ min: 0.01, max: 30, noNaN: true }),
        }).map(({ atS, forS }) => cut(atS, forS).linkChanges),
      },
      { requiredKeys: [] },
    );
    const scenarios = record({
      machines: array(machine, { minLength: 1, maxLength: 6 }),
      loss: constantFrom(0, 0.1, 0.5),
      latencyS: constantFrom(0, 0.1),
      dropAfterS: constantFrom(0, 4, 99),
      link: constantFrom(LINK, { upBps: Infinity, downBps: Infinity }),
      packets: integer({ min: 1, max: 200 }),
      isFlooded: constantFrom(false, true),
      randomSeed: nat(),
    });
    assert(
      property(scenarios, ({ dropAfterS, packets, randomSeed, ...wishes }) => {
        const packetBytes = Math.ceil((8 * PIECE_BYTES) / packets);
        const transport = { ...ROUND, dropAfterS, packetBytes };
        const model = aModel({ pieces: 8, transport, ...wishes });
        const roundS = model.wireBytes / model.server.upBps;
        const { machines, serverUploadedBytes, wastedBytes } = simulate(model, randomSeed);
        const hasAll = machines.filter(({ downloadedBytes }) => downloadedBytes > 0);
        for (const { doneS, phases, failure } of machines) {
          if (doneS === null) expect(failure).not.toBe(null);
          else expect(doneS - phases.download![0]).toBeGreaterThanOrEqual(roundS - 1e-9);
        }
        const useful = hasAll.length > 0 ? model.wireBytes : 0;
        expect(Math.abs(serverUploadedBytes - useful - wastedBytes)).toBeLessThan(1e-6);
        expect(wastedBytes).toBeGreaterThanOrEqual(-1e-6);
      }),
      { numRuns: 500 },
    );
  });
});
