import { type AgentPhase, agentReport } from '../../../engine/index.ts';
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

/** What of the agent's account goes into the record. Other words of the machine may have come in between, or part of it is lost. */
const accountSchema = agentReport.omit({ phases: true, peakMemoryBytes: true });

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
  const read = accountSchema.safeParse(jsonOf(line));
  if (!read.success) return [];
  const { uploadedBytes, downloadedBytes, ...image } = read.data;
  return [
    { kind: 'progressed', share: 1, traffic: { uploadedBytes, downloadedBytes, receivedFrom: {} } },
    { kind: 'done', image },
  ];
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
