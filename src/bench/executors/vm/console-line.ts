import type { AgentPhase } from '../../../engine/index.ts';
import type { AgentReport } from '../local/lab-messages.ts';

const PHASES: readonly AgentPhase[] = [
  'register',
  'metainfo',
  'partition',
  'scan',
  'download',
  'verify',
  'finish',
];

/**
 * What a line on the serial console of a machine tells of its agent.
 * @param atMs when the line came, by the host's monotonic clock
 */
export function reportsOfLine(line: string, atMs: number): readonly AgentReport[] {
  const [, name, doneOrDots] = /^(\w+) (done after|\.\.\.)/.exec(line) ?? [];
  const phase = PHASES.find((each) => each === name);
  if (phase !== undefined)
    return [{ kind: doneOrDots === '...' ? 'phaseStarted' : 'phaseEnded', phase, atMs }];
  if (line.startsWith('{"machine":')) return accountOf(line);
  const [, failure] = /^swarmboot: (the agent ended with exit code \d+|no network .*)/.exec(line) ?? [];
  if (failure === undefined) return [];
  return [{ kind: 'failed', failure: { family: 'run', code: 'LAB_AGENT', field: '', sentence: failure } }];
}

/** The agent's own account when it is done, as `--json` prints it. */
function accountOf(line: string): readonly AgentReport[] {
  try {
    const { uploadedBytes, downloadedBytes, ...account } = JSON.parse(line);
    const { wireBytes, rawBytes, chunks, reusedChunks, refetchedChunks } = account;
    return [
      { kind: 'progressed', share: 1, traffic: { uploadedBytes, downloadedBytes, receivedFrom: {} } },
      { kind: 'done', image: { wireBytes, rawBytes, chunks, reusedChunks, refetchedChunks } },
    ];
  } catch {
    // Other words of the machine have come in between.
    return [];
  }
}
