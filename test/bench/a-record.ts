import type { MachineResult, RunRecord } from '../../src/bench/record/run-record.ts';

/** A machine that booted for 1 s, downloaded until 1 s before it was done, and was verified. */
export function aMachine(overrides: Partial<MachineResult> = {}): MachineResult {
  const doneS = overrides.doneS === undefined ? 10 : overrides.doneS;
  const poweredOnS = overrides.poweredOnS ?? 0;
  const phases: MachineResult['phases'] =
    doneS === null
      ? { boot: [poweredOnS, poweredOnS + 1] }
      : {
          boot: [poweredOnS, poweredOnS + 1],
          download: [poweredOnS + 1, doneS - 1],
          verify: [doneS - 1, doneS],
        };
  return {
    machine: 'm001',
    poweredOnS,
    doneS,
    phases,
    uploadedBytes: 0,
    downloadedBytes: 1_000_000,
    isVerified: doneS !== null,
    failure: doneS === null ? 'the disk is too small' : null,
    ...overrides,
  };
}

/** Machines that were all powered on at 0 and done at these times [s]; null for one that failed. */
export function aFleet(doneTimesS: readonly (number | null)[]): MachineResult[] {
  return doneTimesS.map((doneS, index) =>
    aMachine({ machine: `m${String(index + 1).padStart(3, '0')}`, doneS }),
  );
}

/** A simulated run of P2P with two machines, done at 8 s and 10 s. */
export function aRecord(overrides: Partial<RunRecord> = {}): RunRecord {
  const fleet = overrides.fleet ?? aFleet([8, 10]);
  return {
    format: 'swarmboot-run/1',
    recordedAt: '2026-01-02T03:04:05.000Z',
    scenario: { name: 'a-scenario', title: 'A question', digest: 'd'.repeat(64), settings: {} },
    source: 'sim',
    transport: 'p2p',
    variant: '',
    machines: fleet.length,
    randomSeed: 1,
    versions: { swarmboot: '0.1.0', node: '24.21.0' },
    host: { cpu: 'A processor', cores: 2, memoryMiB: 4096, platform: 'linux x64' },
    wireBytes: 1_000_000,
    bounds: { lowerBoundS: 4, pieceBoundS: 5, copyS: 4 },
    formula: null,
    barrierS: 1,
    fleet,
    serverUploadedBytes: 1_500_000,
    traceDigest: 'a'.repeat(64),
    limitations: [],
    citation: null,
    ...overrides,
  };
}

/** A closed formula's answer for P2P with two machines. */
export function aFormulaRecord(overrides: Partial<RunRecord> = {}): RunRecord {
  return aRecord({
    source: 'theory',
    machines: 2,
    randomSeed: null,
    formula: { makespanS: 7, transferS: 5, meanLatencyS: 6, serverCopies: 1 },
    fleet: [],
    serverUploadedBytes: null,
    traceDigest: null,
    ...overrides,
  });
}

/** A published time for P2P with two machines. */
export function aPublishedRecord(overrides: Partial<RunRecord> = {}): RunRecord {
  return aFormulaRecord({
    source: 'published',
    formula: { makespanS: 9, transferS: null, meanLatencyS: null, serverCopies: null },
    bounds: null,
    citation: 'Balaz & Adam 2016, Table 1',
    ...overrides,
  });
}
