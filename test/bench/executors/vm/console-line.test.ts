import { describe, expect, it } from 'vitest';
import { reportsOfLine } from '../../../../src/bench/executors/vm/console-line.ts';

describe('a line on the console of a machine', () => {
  it('tells when a phase of its agent has begun and ended', () => {
    expect(reportsOfLine('download ...', 10)).toEqual([
      { kind: 'phaseStarted', phase: 'download', atMs: 10 },
    ]);
    expect(reportsOfLine('download done after 12.3 s', 20)).toEqual([
      { kind: 'phaseEnded', phase: 'download', atMs: 20 },
    ]);
  });

  it('tells that the agent is done, and what the machine has sent and received', () => {
    const image = { wireBytes: 6, rawBytes: 8, chunks: 4, reusedChunks: 1, refetchedChunks: 0 };
    const line = JSON.stringify({ machine: 'aa', ...image, downloadedBytes: 7, uploadedBytes: 3 });
    expect(reportsOfLine(line, 0)).toEqual([
      { kind: 'progressed', share: 1, traffic: { downloadedBytes: 7, uploadedBytes: 3, receivedFrom: {} } },
      { kind: 'done', image },
    ]);
  });

  it('tells nothing where a part of the account has been lost', () => {
    const account = { wireBytes: 6, rawBytes: 8, chunks: 4, reusedChunks: 1, downloadedBytes: 7 };
    expect(reportsOfLine(JSON.stringify({ machine: 'aa', ...account }), 0)).toEqual([]);
  });

  it('tells that the agent has failed', () => {
    expect(
      reportsOfLine('swarmboot: the agent ended with exit code 1: the machine restarts in a minute', 0),
    ).toMatchObject([{ kind: 'failed', failure: { sentence: 'the agent ended with exit code 1' } }]);
  });

  it.each(['', 'iPXE initialising devices...', 'note: the disk is blank', '{"machine":', 'boot ...'])(
    'tells nothing of the agent: `%s`',
    (line) => {
      expect(reportsOfLine(line, 0)).toEqual([]);
    },
  );
});
