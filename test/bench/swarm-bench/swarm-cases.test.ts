import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { machineName } from '../../../src/bench/executors/fleet.ts';
import type { RunRecord, Transport } from '../../../src/bench/record/run-record.ts';
import { type LoadedScenario, loadScenario } from '../../../src/bench/scenario/scenario-loader.ts';
import { verdictOf } from '../../../src/bench/swarm-bench/goal.ts';
import { SWARM_CASES } from '../../../src/bench/swarm-bench/swarm-cases.ts';
import { aMachine, aRecord } from '../a-record.ts';

const loaded = (name: string) =>
  loadScenario(fileURLToPath(new URL(`../../../scenarios/${name}.yaml`, import.meta.url)));

/** How a run of our client, or of another, went. */
interface Course {
  /** Transfer / what a copy takes over the server's link. */
  readonly ownTimes: number;
  readonly othersTimes: number;
  readonly cpuS: number;
  readonly copies: number;
}

const GOOD: Course = { ownTimes: 1.01, othersTimes: 40, cpuS: 1, copies: 1.05 };

/** A record for every cell of a scenario, as if it had been run once. */
function recordsOf({ variants }: LoadedScenario, course: Course): RunRecord[] {
  return variants.flatMap(({ variant, scenario }) =>
    Object.keys(scenario.transports).flatMap((transport) =>
      scenario.fleet.machines.map((machines) => {
        const sites = scenario.network.sites ?? [];
        const slowestBps = Math.min(1e9, scenario.network.server.up, ...sites.map(({ wan }) => wan.down));
        const copyS = scenario.image.size / slowestBps;
        const transferS = copyS * (transport === 'p2p' ? course.ownTimes : course.othersTimes);
        return aRecord({
          source: 'netns',
          transport: transport as Transport,
          variant,
          machines,
          wireBytes: scenario.image.size,
          bounds: { lowerBoundS: copyS, pieceBoundS: null, copyS },
          barrierS: 0,
          fleet: Array.from({ length: machines }, (_, index) =>
            aMachine({
              machine: machineName(index + 1),
              phases: { download: [0, transferS] },
              cpuS: transport === 'p2p' ? course.cpuS / machines : 2 / machines,
            }),
          ),
          serverCpuS: course.cpuS,
          // With this much a seeder that is to leave has left.
          serverUploadedBytes: 1.1 * scenario.image.size,
          serverLink: { upBytes: course.copies * scenario.image.size, downBytes: 0 },
          siteLinks: sites.map(() => ({ upBytes: 0, downBytes: course.copies * scenario.image.size })),
        });
      }),
    ),
  );
}

const verdictsOf = async (name: string, course: Course | null) => {
  const swarmCase = SWARM_CASES.find((each) => each.name === name)!;
  const scenario = await loaded(swarmCase.scenario);
  const records = course === null ? [] : recordsOf(scenario, course);
  return swarmCase.rows({ scenario, records }).map((row) => verdictOf(row));
};

describe.each(SWARM_CASES.map(({ name }) => name))('the case %s', (name) => {
  it('asks for nothing that its scenario does not run', async () => {
    const verdicts = await verdictsOf(name, GOOD);
    expect(verdicts.length).toBeGreaterThan(0);
    expect(new Set(verdicts)).toEqual(new Set(['met']));
  });

  it('is not measured where nothing was run', async () => {
    expect(new Set(await verdictsOf(name, null))).toEqual(new Set(['not measured']));
  });
});

describe('a case', () => {
  const BAD: Course = { ownTimes: 30, othersTimes: 29, cpuS: 3, copies: 1.2 };

  it.each(['limit', 'large', 'unshaped', 'wan'])(
    'is missed by a swarm that is worse in everything: %s',
    async (name) => {
      expect(new Set(await verdictsOf(name, BAD))).toEqual(new Set(['missed']));
    },
  );

  it('compares the machines that stay, not those that come later', async () => {
    const swarmCase = SWARM_CASES.find(({ name }) => name === 'churn')!;
    const scenario = await loaded(swarmCase.scenario);
    const records = recordsOf(scenario, GOOD).map((record) => {
      if (record.variant !== 'churn') return record;
      const fleet = record.fleet.map((machine, index) => {
        if (index >= 20) return { ...machine, phases: { download: [10, 500] as const } };
        return index >= 16 ? aMachine({ machine: machine.machine, doneS: null }) : machine;
      });
      return { ...record, fleet };
    });
    expect(swarmCase.rows({ scenario, records }).map(verdictOf)).toEqual(['met', 'met']);
  });

  it('leaves the slow machine out of what it compares', async () => {
    const swarmCase = SWARM_CASES.find(({ name }) => name === 'slow')!;
    const scenario = await loaded(swarmCase.scenario);
    const records = recordsOf(scenario, GOOD).map((record) => {
      if (record.variant !== 'one-slow') return record;
      const [slow, ...others] = record.fleet;
      return { ...record, fleet: [{ ...slow!, phases: { download: [0, 500] as const } }, ...others] };
    });
    expect(swarmCase.rows({ scenario, records }).map(verdictOf)).toEqual(['met']);
  });
});
