import { describe, expect, it } from 'vitest';
import type { DeploymentModel, MachineModel } from '../../../src/sim/deployment-model.ts';
import { simulate } from '../../../src/sim/simulate.ts';
import { aModel, aMulticast, LINK_BPS, PIECE_BYTES } from '../a-model.ts';
import { aBoot, byHttp } from '../machine/a-boot.ts';
import { doneTimes, makespanS } from '../readings.ts';

const FREE = { upBps: Infinity, downBps: Infinity };
/** Once around takes 16 seconds, at the rate of a link; the server has two of them to spare. */
const CAROUSEL = aMulticast({ packetBytes: PIECE_BYTES / 16, isCarousel: true, rateBps: LINK_BPS });
const SERVER = { upBps: 3 * LINK_BPS, downBps: Infinity };

/** Machines on links of one rate and a half, which load two pieces before they join. */
function booted(
  machines: readonly Partial<MachineModel>[],
  wishes: Partial<DeploymentModel> = {},
): DeploymentModel {
  return aModel({
    pieces: 16,
    server: SERVER,
    link: { upBps: LINK_BPS, downBps: 1.5 * LINK_BPS },
    boot: aBoot([byHttp(2 * PIECE_BYTES)]),
    transport: CAROUSEL,
    machines,
    ...wishes,
  });
}

/** How long the last of the machines boots [s]. */
function bootS(model: DeploymentModel): number {
  const [startS, endS] = simulate(model, 1).machines.at(-1)!.phases.boot!;
  return endS - startS;
}

describe('switches that flood a multicast', () => {
  it('leave the boot files of a late machine what the multicast does not take of its link', () => {
    const machines = [{}, { joinsAfterS: 1 }];
    expect(bootS(booted(machines))).toBeCloseTo(2 / 1.5, 9);
    expect(bootS(booted(machines, { isFlooded: true }))).toBeCloseTo(2 / 0.5, 9);
  });

  it('take nothing any more when nobody is sent to', () => {
    const machines = [{}, { joinsAfterS: 40 }];
    expect(bootS(booted(machines, { isFlooded: true }))).toBeCloseTo(2 / 1.5, 9);
  });

  it('take nothing of a link twice, and follow its changes', () => {
    const half = { upBps: LINK_BPS, downBps: 1.25 * LINK_BPS };
    const late = { joinsAfterS: 1, linkChanges: [{ atS: 2, link: half }] };
    const after = { ...late, joinsAfterS: 40 };
    expect(bootS(booted([{}, after], { isFlooded: true }))).toBeCloseTo(2 / 1.25, 9);
    // One second at a half of the rate, and then a quarter.
    expect(bootS(booted([{}, {}, late], { isFlooded: true }))).toBeCloseTo(1 + 1.5 / 0.25, 9);
  });

  it('send it over the WAN to sites where nobody receives it', () => {
    const wan = { upBps: 1.5 * LINK_BPS, downBps: 1.25 * LINK_BPS };
    const sites = [
      { name: 'home', wan: FREE },
      { name: 'branch', wan },
    ];
    const machines = [{}, { joinsAfterS: 1, site: 1 }];
    expect(bootS(booted(machines, { sites }))).toBeCloseTo(2 / 1.25, 9);
    expect(bootS(booted(machines, { sites, isFlooded: true }))).toBeCloseTo(2 / 0.25, 9);
  });

  it('have a port that is slower than the multicast lose it, and rule nothing unless it receives', () => {
    const slow = { link: { upBps: LINK_BPS, downBps: LINK_BPS / 4 } };
    const dead = { ...slow, diesAfterS: 0.5 };
    const arrival = { kind: 'staggered', intervalS: 1 } as const;
    const transport = aMulticast();
    const takes = (machines: readonly Partial<MachineModel>[]) =>
      doneTimes(simulate(aModel({ pieces: 8, machines, arrival, transport, isFlooded: true }), 1))[0];
    expect(takes([{}, dead])).toBe(8.5);
    expect(takes([{}, slow])).toBe(1 + 32);
  });

  it('change nothing where all machines are there before the first packet', () => {
    const takes = (isFlooded: boolean) =>
      makespanS(simulate(aModel({ loss: 0.1, transport: aMulticast({ roundS: 1 }), isFlooded }), 1));
    expect(takes(true)).toBe(takes(false));
  });
});

describe('a carousel behind switches that listen to IGMP', () => {
  it('takes its rate of the uplink of the server, and of the links of those who receive', () => {
    const narrow = { server: { upBps: 1.25 * LINK_BPS, downBps: Infinity } };
    expect(bootS(booted([{}, { joinsAfterS: 1 }], narrow))).toBeCloseTo(2 / 0.25, 9);
    expect(bootS(booted([{}], narrow))).toBeCloseTo(2 / 1.25, 9);
  });

  it('starves boot files where it fills the uplink, until nobody receives any more', () => {
    const full = { server: { upBps: LINK_BPS, downBps: Infinity } };
    const machines = [{}, { joinsAfterS: 1 }];
    expect(bootS(booted(machines, full))).toBeCloseTo(15 + 2, 4);
  });
});
