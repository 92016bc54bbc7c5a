import { describe, expect, it } from 'vitest';
import { MachineLog } from '../../../../src/bench/executors/local/machine-log.ts';
import type { AgentPhase } from '../../../../src/engine/index.ts';

const PHASES: readonly AgentPhase[] = ['register', 'metainfo', 'download', 'verify', 'finish'];

const image = { wireBytes: 6, rawBytes: 10, chunks: 2, reusedChunks: 1, refetchedChunks: 0 };

/** A machine that was powered on at 10 s and spends one second in each phase. */
function aLog(phases: number): MachineLog {
  const log = new MachineLog('m001');
  log.poweredOn(10_000);
  for (const [index, phase] of PHASES.slice(0, phases).entries()) {
    log.reported({ kind: 'phaseStarted', phase, atMs: 10_000 + index * 1000 });
    log.reported({ kind: 'phaseEnded', phase, atMs: 11_000 + index * 1000 });
  }
  return log;
}

const resultOf = (log: MachineLog) => log.result(9_000, (peerId) => `name of ${peerId}`);

describe('what is known of a machine', () => {
  it('is done with the end of its last phase, in seconds from the first power-on', () => {
    const log = aLog(5);
    log.reported({ kind: 'done', image });
    expect(resultOf(log)).toMatchObject({
      poweredOnS: 1,
      doneS: 6,
      phases: { register: [1, 2], metainfo: [2, 3], download: [3, 4], verify: [4, 5], finish: [5, 6] },
      image,
      isVerified: true,
      failure: null,
    });
    expect(log.shownPhase).toBe('done');
  });

  it('is whether the last piece is on its disk', () => {
    const log = aLog(2);
    log.reported({ kind: 'phaseStarted', phase: 'download', atMs: 12_000 });
    expect(log.hasImage).toBe(false);
    log.reported({ kind: 'phaseEnded', phase: 'download', atMs: 13_000 });
    expect(log.hasImage).toBe(true);
  });

  it('is no phase that did not end', () => {
    const log = aLog(2);
    log.reported({ kind: 'phaseStarted', phase: 'download', atMs: 12_000 });
    log.failed('it broke');
    expect(resultOf(log)).toMatchObject({ doneS: null, isVerified: false, failure: 'it broke' });
    expect(Object.keys(resultOf(log).phases)).toEqual(['register', 'metainfo']);
  });

  it('is no phase of which nobody has heard the beginning', () => {
    const log = aLog(2);
    log.reported({ kind: 'phaseEnded', phase: 'download', atMs: 13_000 });
    expect(Object.keys(resultOf(log).phases)).toEqual(['register', 'metainfo']);
    log.reported({ kind: 'phaseEnded', phase: 'finish', atMs: 14_000 });
    expect(resultOf(log)).toMatchObject({ doneS: 5, isVerified: true });
  });

  it('is its first failure only', () => {
    const log = aLog(2);
    log.reported({
      kind: 'failed',
      failure: { family: 'run', code: 'DISK_FULL', field: '', sentence: 'the disk is full' },
    });
    log.failed('the agent was ended by SIGTERM');
    expect(resultOf(log).failure).toBe('the disk is full');
  });

  it('is no failure where it died after it was done', () => {
    const log = aLog(5);
    log.failed('the agent was ended by SIGKILL');
    expect(resultOf(log)).toMatchObject({ isVerified: true, failure: null });
  });

  it('is a failure where its disk turned out to be different', () => {
    const log = aLog(5);
    log.disproved(512);
    expect(resultOf(log)).toMatchObject({ doneS: null, isVerified: false });
    expect(resultOf(log).failure).toContain('differs from the golden image at offset 512');
  });

  it('is what it did after it lost its power, with the first power-on and all that it received', () => {
    const log = aLog(2);
    log.reported({ kind: 'phaseStarted', phase: 'download', atMs: 12_000 });
    const before = { uploadedBytes: 5, downloadedBytes: 9, receivedFrom: { aa: 4, bb: 5 } };
    log.reported({ kind: 'progressed', share: 0.5, traffic: before });
    log.lostPower();
    expect(log).toMatchObject({ state: 'waiting', share: 0, downloadedBytes: 9, isWorkingAlone: true });
    expect(resultOf(log)).toMatchObject({ doneS: null, isVerified: false, failure: null });
    expect(resultOf(log).phases).toEqual({});
    log.poweredOn(20_000);
    const after = { uploadedBytes: 1, downloadedBytes: 2, receivedFrom: { bb: 2 } };
    log.reported({ kind: 'progressed', share: 0.5, traffic: after });
    for (const phase of PHASES) {
      log.reported({ kind: 'phaseStarted', phase, atMs: 21_000 });
      log.reported({ kind: 'phaseEnded', phase, atMs: 22_000 });
    }
    expect(resultOf(log)).toMatchObject({
      poweredOnS: 1,
      doneS: 13,
      phases: { download: [12, 13] },
      uploadedBytes: 6,
      downloadedBytes: 11,
      receivedFrom: { 'name of aa': 4, 'name of bb': 7 },
      isVerified: true,
    });
  });

  it('is what it received and from whom, by name', () => {
    const log = aLog(3);
    const traffic = { uploadedBytes: 5, downloadedBytes: 9, receivedFrom: { aa: 4, bb: 5 } };
    log.reported({ kind: 'progressed', share: 0.5, traffic });
    expect(resultOf(log)).toMatchObject({
      uploadedBytes: 5,
      downloadedBytes: 9,
      receivedFrom: { 'name of aa': 4, 'name of bb': 5 },
    });
  });
});
