import { describe, expect, it } from 'vitest';
import { probedModel } from '../../../src/bench/probe/probed-model.ts';
import type { DeploymentModel } from '../../../src/sim/deployment-model.ts';
import { simulate } from '../../../src/sim/index.ts';
import { aModel, aUnicast, LINK_BPS, PIECE_BYTES } from '../../sim/a-model.ts';

const COST = {
  register: 0.1,
  metainfo: 0.2,
  partition: 0.3,
  startUp: 1,
  verifyBps: 8 * 2 ** 20,
  finish: 0.4,
  cpuPerMachine: 0.6,
  cpuPerByte: 1e-12,
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

  it.each([
    [
      'has programs that start take turns as far as they work, and not as they wait',
      1.1,
      0.3 * 5 + 0.5 * 5 + 0.5,
      0,
    ],
    ['leaves the rest of what a machine computes to the transfer', 1.9, 0.3 * 5 + 5, 0.3],
    ['knows of no work where all was done before', 0.1, 0.3 * 5 + 1, 0],
  ])('%s', (_, cpuPerMachine, partitionS, perMachineS) => {
    const { phases, processors } = probedModel(aModel({ machines: 10 }), { ...COST, cpuPerMachine }, 2);

    expect(phases.partition).toBeCloseTo(partitionS, 9);
    expect(processors!.perMachineS).toBeCloseTo(perMachineS, 9);
  });

  it('slows a transfer down where the processors cannot keep up with the links', () => {
    const plain = aModel({
      machines: 8,
      transport: aUnicast(),
      link: { upBps: 64 * LINK_BPS, downBps: Infinity },
    });
    const addedS = (cpuPerByte: number): number =>
      makespanOf(probedModel(plain, { ...COST, cpuPerByte }, 2)) - makespanOf(probedModel(plain, COST, 2));

    // Eight times eight pieces are sent in one second.
    expect(addedS(2 / 65 / PIECE_BYTES)).toBeCloseTo(0, 9);
    expect(addedS(1 / PIECE_BYTES)).toBeCloseTo(32 - 1, 9);
  });

  it('has in the rate of the read-back what was read beside the download', () => {
    const late = aModel({ machines: 1, disk: { isReadBack: true } });
    const early = { ...late, disk: { ...late.disk, isReadBackEarly: true } };
    expect(makespanOf(probedModel(early, COST, 2))).toBe(makespanOf(probedModel(late, COST, 2)));
    const given = { ...early, disk: { ...early.disk, readBps: LINK_BPS } };
    expect(probedModel(given, COST, 2).disk).toEqual(given.disk);
  });

  it('leaves alone what the scenario says itself', () => {
    const model = aModel({ phases: { metainfo: 7 }, disk: { readBps: 5, isReadBack: true } });

    const probed = probedModel(model, COST, 2);

    expect(probed.phases.metainfo).toBe(7);
    expect(probed.disk.readBps).toBe(5);
  });
});
