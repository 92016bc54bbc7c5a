import { describe, expect, it } from 'vitest';
import { loopback } from '../../../../src/bench/executors/local/lab-place.ts';
import { MachineLog } from '../../../../src/bench/executors/local/machine-log.ts';
import { RunMeter } from '../../../../src/bench/executors/local/run-meter.ts';
import type { LinkBytes } from '../../../../src/bench/record/run-record.ts';

/** A process whose processor time and memory grow with every look. */
function aProcess() {
  let looks = 0;
  return {
    reading() {
      looks += 1;
      return { cpuS: looks, peakMemoryBytes: { agent: looks * 100 } };
    },
  };
}

/** A place whose links carry 1000 bytes up and 2000 down between two looks, and its sites ten times that. */
function aCountingPlace() {
  let looks = 0;
  const bytes = (factor: number): LinkBytes => ({ upBytes: looks * factor, downBytes: 2 * looks * factor });
  return {
    ...loopback,
    linkCounters() {
      looks += 1;
      const hosts = new Map(['server', 'm001'].map((host) => [host, bytes(1000)]));
      return { hosts, sites: [bytes(10_000), bytes(20_000)] };
    },
  };
}

/** Processors of which every look finds a larger share in use: of each 100 ms 10, then 20, then 30; half of it for packets. */
function busierAndBusier() {
  let looks = 0;
  return () => {
    looks += 1;
    const busyMs = 5 * looks * (looks + 1);
    return { busyMs, softirqMs: busyMs / 2, totalMs: 100 * looks };
  };
}

const aMeter = (place = loopback) =>
  new RunMeter(
    place,
    new Map([
      ['server', aProcess()],
      ['m001', aProcess()],
    ]),
    busierAndBusier(),
  );

describe('what a run uses', () => {
  it('is counted from the first moment to the end, host by host and site by site', () => {
    const meter = aMeter(aCountingPlace());
    meter.sample();
    meter.end();
    expect(meter.useOf('m001')).toEqual({
      cpuS: 2,
      peakMemoryBytes: { agent: 300 },
      link: { upBytes: 1000, downBytes: 2000 },
    });
    expect(meter.measured).toMatchObject({
      serverCpuS: 2,
      serverPeakMemoryBytes: { agent: 300 },
      serverLink: { upBytes: 1000, downBytes: 2000 },
      siteLinks: [
        { upBytes: 10_000, downBytes: 20_000 },
        { upBytes: 20_000, downBytes: 40_000 },
      ],
    });
  });

  it('ends once', () => {
    const meter = aMeter();
    meter.end();
    const { measured } = meter;
    expect(measured).toMatchObject({ busyShare: 0.2, softirqShare: 0.1 });
    meter.sample();
    meter.end();
    expect(meter.useOf('m001').cpuS).toBe(1);
    expect(meter.measured).toEqual(measured);
  });

  it('goes on where a machine that had its image loses its power and has to fetch again', () => {
    const meter = aMeter(aCountingPlace());
    const machines = ['m001', 'm002'].map((name) => new MachineLog(name));
    const downloaded = (log: MachineLog) => {
      log.reported({ kind: 'phaseStarted', phase: 'download', atMs: 1 });
      log.reported({ kind: 'phaseEnded', phase: 'download', atMs: 2 });
      meter.follow(machines);
    };
    downloaded(machines[0]!);
    meter.sample();
    downloaded(machines[1]!);
    machines[0]!.reported({ kind: 'phaseStarted', phase: 'verify', atMs: 3 });
    expect(meter.useOf('m001')).toMatchObject({ cpuS: 2, link: { upBytes: 1000 } });
    machines[0]!.lostPower();
    meter.follow(machines);
    meter.sample();
    downloaded(machines[0]!);
    expect(meter.useOf('m001')).toMatchObject({ cpuS: 4, link: { upBytes: 2000, downBytes: 4000 } });
    expect(meter.measured).toMatchObject({ busyShare: 0.25, siteLinks: [{ upBytes: 20_000 }, {}] });
    meter.sample();
    expect(meter.useOf('m001').cpuS).toBe(4);
  });

  it('has no links where hosts have none of their own', () => {
    const meter = aMeter();
    meter.end();
    expect(meter.useOf('m001')).not.toHaveProperty('link');
    expect(meter.measured).not.toHaveProperty('serverLink');
    expect(meter.measured).not.toHaveProperty('siteLinks');
  });
});
