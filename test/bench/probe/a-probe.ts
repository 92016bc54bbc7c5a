import type { Probe, TransportCost } from '../../../src/bench/probe/probe.ts';

/** A machine that takes a second and a half beside its bytes, and reads 100 MB/s back. */
export function aCost(changes: Partial<TransportCost> = {}): TransportCost {
  return {
    register: 0.1,
    metainfo: 0.2,
    partition: 0.3,
    startUp: 0.7,
    verifyBps: 100e6,
    finish: 0.2,
    cpuPerMachine: 1,
    cpuPerByte: 1e-8,
    ...changes,
  };
}

/** What was measured of a lab of 25 Mbit/s on two processors. */
export function aProbe(transports: Probe['transports'], changes: Partial<Probe> = {}): Probe {
  return {
    format: 'swarmboot-probe/2',
    measuredAt: '2026-01-02T03:04:05.000Z',
    host: { cpu: 'A processor', cores: 2, memoryMiB: 4096, platform: 'linux x64' },
    link: { upBps: 3.1e6, downBps: 3.1e6 },
    rawBytes: 64e6,
    repeats: 3,
    transports,
    ...changes,
  };
}
