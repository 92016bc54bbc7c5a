import { describe, expect, it } from 'vitest';
import { isDeathByChance } from '../../../src/sim/machine/chance-deaths.ts';
import { simulate } from '../../../src/sim/simulate.ts';
import { aChain, aModel, aMulticast, aSwarm, aUnicast, LINK_BPS, PIECE_BYTES } from '../a-model.ts';
import { doneTimes, failures, makespanS, sumOf } from '../readings.ts';

const BY_CHANCE = 'it died by chance, as the scenario asks';
const TRANSPORTS = [aSwarm(), aUnicast(), aChain()];

describe('machines that die by chance', () => {
  it('leaves nothing of an earlier life among the phases', () => {
    const machines = [{ diesAfterS: 12, comesBackAfterS: 5 }, {}];
    const disk = { isReadBack: true, readBps: LINK_BPS };
    const phases = { boot: 20, finish: 5 };
    let diedAgain = 0;
    for (let randomSeed = 1; randomSeed <= 200; randomSeed++) {
      const model = aModel({ machines, phases, disk, failures: [{ perS: 0.02 }] });
      const { phases: found, failure } = simulate(model, randomSeed).machines[0]!;
      if (failure !== null) diedAgain++;
      // Whoever has downloaded has booted in the same life.
      if (found.download) expect(found.boot![1]).toBeLessThanOrEqual(found.download[0]);
    }
    expect(diedAgain).toBeGreaterThan(20);
  });

  it('live exponentially long', () => {
    // All would be done after 8 s; by then a share of 1 - exp(-8 / 10) has died, give or take four deviations.
    const machines = 4000;
    const model = aModel({ machines, transport: aMulticast(), failures: [{ perS: 1 / 10 }] });
    const died = failures(simulate(model, 1)).filter((failure) => failure === BY_CHANCE).length;
    const share = 1 - Math.exp(-0.8);

    expect(Math.abs(died / machines - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / machines));
  });

  it('take as long as the formula says where they begin anew each time', () => {
    // A restore of F seconds that starts over: (exp(r F) - 1) (1 / r + back) on average.
    const [perS, comesBackAfterS, runs] = [1 / 6, 2, 1500];
    const transport = { ...aUnicast(), startsOver: true };
    const model = aModel({ machines: 1, transport, failures: [{ perS, comesBackAfterS }] });
    const times = Array.from({ length: runs }, (_, randomSeed) => makespanS(simulate(model, randomSeed)));
    const mean = sumOf(times) / runs;
    const deviation = Math.sqrt(sumOf(times.map((timeS) => (timeS - mean) ** 2)) / (runs - 1));

    const expectedS = (Math.exp(8 * perS) - 1) * (1 / perS + comesBackAfterS);
    expect(Math.abs(mean - expectedS)).toBeLessThan((4 * deviation) / Math.sqrt(runs));
  });

  it.each(TRANSPORTS)('all finish where they come back and keep what they have: $transport', (transport) => {
    const failing = [{ perS: 1 / 20, comesBackAfterS: 5 }];
    for (const randomSeed of [1, 2, 3]) {
      const result = simulate(aModel({ machines: 6, pieces: 32, transport, failures: failing }), randomSeed);

      expect(failures(result)).toEqual(Array(6).fill(null));
      expect(result.machines.map(({ downloadedBytes }) => downloadedBytes)).toEqual(
        Array(6).fill(32 * PIECE_BYTES),
      );
      expect(result.wastedBytes).toBeGreaterThan(0);
    }
  });

  it('do so in the same way for the same random seed, and in another for another', () => {
    const model = aModel({ machines: 8, failures: [{ perS: 0.02, comesBackAfterS: 3 }, { perS: 0.02 }] });

    expect(simulate(model, 7)).toEqual(simulate(model, 7));
    expect(simulate(model, 8).traceDigest).not.toBe(simulate(model, 7).traceDigest);
  });

  it('leave the diagnosis to a deployment that has stalled', () => {
    // The seeder leaves after half of the image: nobody can finish, however often machines come and go.
    const failing = [{ perS: 1 / 50, comesBackAfterS: 1 }];
    const model = aModel({ machines: 2, seederLeavesAfterBytes: 4 * PIECE_BYTES, failures: failing });

    for (const failure of failures(simulate(model, 1)))
      expect(failure).toMatch(/^the deployment stalled: it has \d of 8 pieces/);
  });

  it('are given up where they never get far', () => {
    const failing = [{ perS: 1, comesBackAfterS: 1 }];
    const model = aModel({ machines: 1, phases: { boot: 100 }, failures: failing });

    const [failure] = failures(simulate(model, 1));
    expect(failure).toBe('it died 100 times by chance');
    expect(isDeathByChance(failure!)).toBe(true);
  });

  it('are not missed where they were done before, and do not die before they are there', () => {
    const arrival = { kind: 'staggered', intervalS: 1000 } as const;
    const failing = [{ perS: 1e-9 }];
    const rare = simulate(aModel({ machines: 3, arrival, failures: failing, transport: aUnicast() }), 1);
    expect(doneTimes(rare)).toEqual([8, 1008, 2008]);

    // Each is there for eight seconds: were the clocks of the others running all the time, they would not live to come.
    const often = aModel({ machines: 40, arrival, failures: [{ perS: 1 / 80 }], transport: aUnicast() });
    const lived = doneTimes(simulate(often, 1)).filter((doneS) => doneS !== null).length;
    expect(lived).toBeGreaterThan(30);
  });

  it('are killed for good by the scenario even while they are away', () => {
    const failing = [{ perS: 1, comesBackAfterS: 1000 }];
    const machines = [{ diesAfterS: 500 }];
    const result = simulate(aModel({ machines, pieces: 64, failures: failing, transport: aUnicast() }), 1);

    expect(failures(result)).toEqual(['it was killed, as the scenario asks']);
  });

  it('are refused where the model says nothing of it', () => {
    const refusal = (wishes: Parameters<typeof aModel>[0]) => () => simulate(aModel(wishes), 1);
    const failing = [{ perS: 1, comesBackAfterS: 1 }];

    expect(refusal({ failures: [{ perS: 0 }] })).toThrow('failures[0].perS: found 0');
    expect(refusal({ failures: failing, transport: aMulticast() })).toThrow('failures[0].comesBackAfterS: ');
    expect(refusal({ failures: failing, disk: { dirtyBytes: 1 } })).toThrow('failures[0].comesBackAfterS: ');
  });
});
