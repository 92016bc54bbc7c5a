import { describe, expect, it } from 'vitest';
import { probedModel } from '../../../src/bench/probe/probed-model.ts';
import type { DeploymentModel } from '../../../src/sim/deployment-model.ts';
import { simulate } from '../../../src/sim/index.ts';
import { aModel } from '../../sim/a-model.ts';

const COST = {
  register: 0.1,
  metainfo: 0.2,
  partition: 0.3,
  startUp: 1,
  verifyBps: 8 * 2 ** 20,
  finish: 0.4,
};

/** When the last machine is done [s]. */
function makespanOf(model: DeploymentModel): number {
  return Math.max(...simulate(model, 1).machines.map(({ doneS }) => doneS!));
}

describe('a model of the lab that was probed', () => {
  it('takes one machine as long as it took in the lab, beside its bytes', () => {
    const model = aModel({ machines: 1, disk: { isReadBack: true } });
    const addedS = makespanOf(probedModel(model, COST, 2)) - makespanOf(model);

    // Eight pieces of a mebibyte are read back in one second.
    expect(addedS).toBeCloseTo(0.1 + 0.2 + 0.3 + 1 + 1 + 0.4, 9);
  });

  it('lets machines take turns on the processors where there are more of them', () => {
    const model = probedModel(aModel({ machines: 10, disk: { isReadBack: true } }), COST, 2);

    expect(model.phases).toMatchObject({ register: 0.5, metainfo: 1, partition: 2.5, finish: 2 });
    expect(model.disk.readBps).toBe((8 * 2 ** 20) / 5);
  });

  it('leaves alone what the scenario says itself', () => {
    const model = aModel({ phases: { metainfo: 7 }, disk: { readBps: 5, isReadBack: true } });

    const probed = probedModel(model, COST, 2);

    expect(probed.phases.metainfo).toBe(7);
    expect(probed.disk.readBps).toBe(5);
  });
});
