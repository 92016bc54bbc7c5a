import { describe, expect, it } from 'vitest';
import { reportOfLine } from '../../../../src/bench/executors/vm/console-line.ts';

describe('a line on the console of a machine', () => {
  it('tells when a phase of its agent has begun and ended', () => {
    expect(reportOfLine('download ...', 10)).toEqual({ kind: 'phaseStarted', phase: 'download', atMs: 10 });
    expect(reportOfLine('download done after 12.3 s', 20)).toEqual({
      kind: 'phaseEnded',
      phase: 'download',
      atMs: 20,
    });
  });

  it('tells what the machine has sent and received', () => {
    const line = JSON.stringify({ machine: 'aa', chunks: 4, downloadedBytes: 7, uploadedBytes: 3 });
    expect(reportOfLine(line, 0)).toMatchObject({
      kind: 'progressed',
      traffic: { downloadedBytes: 7, uploadedBytes: 3 },
    });
  });

  it('tells that the agent is done, or has failed', () => {
    expect(reportOfLine('swarmboot: done: the machine restarts', 0)).toEqual({ kind: 'done' });
    expect(
      reportOfLine('swarmboot: the agent ended with exit code 1: the machine restarts in a minute', 0),
    ).toMatchObject({ kind: 'failed', failure: { sentence: 'the agent ended with exit code 1' } });
  });

  it.each(['', 'iPXE initialising devices...', 'note: the disk is blank', '{"machine":', 'boot ...'])(
    'tells nothing of the agent: `%s`',
    (line) => {
      expect(reportOfLine(line, 0)).toBeUndefined();
    },
  );
});
