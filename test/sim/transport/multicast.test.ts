import { assert, constantFrom, double, integer, nat, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../src/sim/kernel/random-stream.ts';
import { simulate } from '../../../src/sim/simulate.ts';
import { multicastRounds } from '../../../src/sim/transport/multicast-rounds.ts';
import { aModel, aMulticast, LINK_BPS } from '../a-model.ts';
import { doneTimes, failures, makespanS } from '../readings.ts';

const staggered = { kind: 'staggered', intervalS: 10 } as const;

describe('multicast', () => {
  it('brings the image to all in the time of one copy', () => {
    const result = simulate(aModel({ machines: 4, pieces: 8, transport: aMulticast() }), 1);
    expect(doneTimes(result)).toEqual([8, 8, 8, 8]);
    expect(result.serverUploadedBytes).toBe(result.machines[0]!.downloadedBytes);
  });

  it('waits for the last machine to arrive, and then as long as it is told', () => {
    const transport = aMulticast({ waitS: 5 });
    const model = aModel({ machines: 3, pieces: 8, arrival: staggered, transport });
    expect(doneTimes(simulate(model, 1))).toEqual([33, 33, 33]);
  });

  it('does not wait for a machine that was killed before it came', () => {
    const machines = [{}, {}, { diesAfterS: 12 }];
    const model = aModel({ machines, pieces: 8, arrival: staggered, transport: aMulticast() });
    expect(doneTimes(simulate(model, 1))).toEqual([20, 20, null]);
  });

  it('goes at the rate of the slowest receiver', () => {
    const machines = [{}, { link: { upBps: LINK_BPS, downBps: LINK_BPS / 4 } }, {}];
    expect(doneTimes(simulate(aModel({ machines, pieces: 8, transport: aMulticast() }), 1))).toEqual([
      32, 32, 32,
    ]);
  });

  it('goes at the rate of the sender where that is the lowest', () => {
    const transport = aMulticast({ rateBps: LINK_BPS / 2 });
    expect(makespanS(simulate(aModel({ pieces: 8, transport }), 1))).toBe(16);
  });

  it('goes at the rate of the slowest WAN link to a site that has machines', () => {
    const sites = [1, 2, 8].map((share) => ({
      name: `site ${share}`,
      wan: { upBps: LINK_BPS, downBps: LINK_BPS / share },
    }));
    const to = (site: number) => aModel({ machines: [{ site }], pieces: 8, sites, transport: aMulticast() });
    expect([0, 1, 2].map((site) => makespanS(simulate(to(site), 1)))).toEqual([8, 16, 64]);
  });

  it('goes at the rate of the disk only where that is written to at once', () => {
    const at = (isSerialWrite: boolean) =>
      simulate(
        aModel({ pieces: 8, disk: { writeBps: LINK_BPS / 2, isSerialWrite }, transport: aMulticast() }),
        1,
      ).machines[0]!.phases.download![1];
    expect([at(false), at(true)]).toEqual([16, 8]);
  });

  it('arrives one latency after it was sent', () => {
    expect(makespanS(simulate(aModel({ pieces: 8, latencyS: 0.5, transport: aMulticast() }), 1))).toBe(8.5);
  });

  it('goes on for the others when a receiver is killed', () => {
    const result = simulate(
      aModel({ machines: [{}, { diesAfterS: 4 }], pieces: 8, transport: aMulticast() }),
      1,
    );
    expect(doneTimes(result)).toEqual([8, null]);
    expect(failures(result)).toEqual([null, 'it was killed, as the scenario asks']);
  });

  it('collects losses after every round that is followed by another', () => {
    const without = simulate(aModel({ loss: 0.25, transport: aMulticast() }), 1);
    const withRounds = simulate(aModel({ loss: 0.25, transport: aMulticast({ roundS: 1024 }) }), 1);
    const extraS = makespanS(withRounds) - makespanS(without);
    expect(extraS).toBeGreaterThan(0);
    expect(extraS % 1024).toBe(0);
  });

  it('waits a round trip for the losses of every round that is followed by another', () => {
    const sessions = record({
      machines: integer({ min: 1, max: 20 }),
      loss: double({ min: 0, max: 0.5, noNaN: true }),
      roundS: constantFrom(0, 1),
      randomSeed: nat(),
    });
    assert(
      property(sessions, ({ machines, loss, roundS, randomSeed }) => {
        const transport = aMulticast({ roundS, packetBytes: LINK_BPS / 8 });
        const takes = (latencyS: number) =>
          makespanS(simulate(aModel({ machines, loss, latencyS, transport }), randomSeed));
        const chance = { loss, stream: new RandomStream(randomSeed, 'loss') };
        const rounds = [...multicastRounds(new Set(Array(machines).keys()), 64, chance)].length;
        expect(takes(0.75) - takes(0)).toBeCloseTo((2 * (rounds - 1) + 1) * 0.75, 9);
      }),
    );
  });

  it('sends what was lost again, and counts that as waste', () => {
    const { serverUploadedBytes, wastedBytes, machines } = simulate(
      aModel({ loss: 0.25, transport: aMulticast() }),
      1,
    );
    expect(wastedBytes).toBeGreaterThan(0);
    for (const { downloadedBytes } of machines)
      expect(serverUploadedBytes - wastedBytes).toBe(downloadedBytes);
  });
});
