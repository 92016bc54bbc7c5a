import { describe, expect, it } from 'vitest';
import type { Executor } from '../../src/bench/executors/executor.ts';
import { MODEL_TRANSPORTS } from '../../src/bench/executors/model-transport.ts';
import { netnsExecutor } from '../../src/bench/executors/netns/netns-executor.ts';
import { simExecutor } from '../../src/bench/executors/sim/sim-executor.ts';
import { planRuns } from '../../src/bench/plan.ts';
import type { Transport } from '../../src/bench/record/run-record.ts';
import { loadScenario } from '../../src/bench/scenario/scenario-loader.ts';
import { rawSize, wireSize } from '../../src/bench/scenario/wire-size.ts';
import { needsNetns } from './executors/netns/a-netns-lab.ts';

const TOOLS = ['aria2', 'libtorrent', 'clonezilla-unicast', 'clonezilla-multicast'] as const;

describe('the plan of lab-faults-tools', () => {
  it('has a run without a fault for every tool, and one for every fault that can reach it', async (context) => {
    for (const tool of TOOLS) needsNetns(context, tool, { isPacked: true });
    const scenario = await loadScenario('scenarios/lab-faults-tools.yaml', { seeds: [1] });
    const runs = planRuns(scenario, [netnsExecutor()]).map(({ run }) => run);
    const variantsOf = (tool: Transport) =>
      runs.filter(({ transport }) => transport === tool).map(({ variant }) => variant);
    const all = ['', 'cable-out', 'machine-dies', 'server-killed', 'disk-full'];
    for (const tool of ['aria2', 'libtorrent'] as const)
      expect(variantsOf(tool).toSorted()).toEqual([...all, 'machine-comes-back', 'tracker-gone'].toSorted());
    for (const tool of ['clonezilla-unicast', 'clonezilla-multicast'] as const)
      expect(variantsOf(tool).toSorted()).toEqual(all.toSorted());
    expect(runs).toHaveLength(24);
  });

  it('lets the same go wrong as lab-faults, at the same place of an image that takes as long', async () => {
    const [tools, ours] = await Promise.all(
      ['lab-faults-tools', 'lab-faults'].map((name) => loadScenario(`scenarios/${name}.yaml`)),
    );
    for (const { variant, scenario } of tools!.variants) {
      const other = ours!.variants.find((each) => each.variant === variant)!.scenario;
      expect(scenario.network, variant).toEqual(other.network);
      expect(scenario.fleet, variant).toEqual(other.fleet);
      expect(wireSize(scenario.image) / wireSize(other.image)).toBeCloseTo(1, 1);
      expect(inShares(scenario), variant).toEqual(inShares(other));
    }
  });
});

describe('the plan of lab-after', () => {
  it('has every cell in the lab and in the simulator', async (context) => {
    for (const transport of MODEL_TRANSPORTS)
      needsNetns(context, transport, { isPacked: true, losesPackets: true });
    const scenario = await loadScenario('scenarios/lab-after.yaml');
    const cellsOf = (executor: Executor) =>
      planRuns(scenario, [executor]).map(({ run }) => `${run.variant} ${run.transport} ${run.machines}`);
    const simulated = cellsOf(simExecutor());
    expect(cellsOf(netnsExecutor()).toSorted()).toEqual(simulated.toSorted());
    expect(new Set(simulated).size).toBe(simulated.length);
    expect(simulated).toHaveLength(54);
  });
});

/** Faults with the room of a disk as a share of the image. */
function inShares({ faults, image }: Awaited<ReturnType<typeof loadScenario>>['plain']) {
  return faults.map((fault) => ('full' in fault ? { ...fault, after: fault.after / rawSize(image) } : fault));
}
