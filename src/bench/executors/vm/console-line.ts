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
 * What a line on the serial console of a machine tells of its agent; undefined: nothing.
 * @param atMs when the line came, by the host's monotonic clock
 */
export function reportOfLine(line: string, atMs: number): AgentReport | undefined {
  const [, name, doneOrDots] = /^(\w+) (done after|\.\.\.)/.exec(line) ?? [];
  const phase = PHASES.find((each) => each === name);
  if (phase !== undefined) return { kind: doneOrDots === '...' ? 'phaseStarted' : 'phaseEnded', phase, atMs };
  if (line.startsWith('{"machine":')) return trafficOf(line);
  if (line.startsWith('swarmboot: done: the machine restarts')) return { kind: 'done' };
  const [, failure] = /^swarmboot: (the agent ended with exit code \d+|no network .*)/.exec(line) ?? [];
  if (failure === undefined) return undefined;
  return { kind: 'failed', failure: { family: 'run', code: 'LAB_AGENT', field: '', sentence: failure } };
}

/** The agent's own account, as `--json` prints it. */
function trafficOf(line: string): AgentReport | undefined {
  try {
    const { uploadedBytes, downloadedBytes } = JSON.parse(line);
    return { kind: 'progressed', share: 1, traffic: { uploadedBytes, downloadedBytes, receivedFrom: {} } };
  } catch {
    // Other words of the machine have come in between.
    return undefined;
  }
}
