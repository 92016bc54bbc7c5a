import { execFile } from 'node:child_process';
import { RunFailure } from '../../../failure.ts';

/** How a program is to be run. */
export interface ToolCall {
  readonly name: string;
  readonly args: readonly string[];
  /** For its standard input. Default: nothing, so that a tool with a question sees the end. */
  readonly input?: string;
  /** Exit codes that are no failure. Default: 0. */
  readonly good?: readonly number[];
}

/** Programs say at length what they do; their last words are enough. */
const MOST_WORDS = 600;
const MOST_OUTPUT_BYTES = 2 ** 24;

/**
 * Runs a program of the system. @returns what it wrote to standard output
 * Throws a RunFailure: `MISSING_TOOL`, or `STEP_FAILED` with its last words.
 */
export async function runTool({ name, args, input = '', good = [0] }: ToolCall): Promise<string> {
  const { code, stdout, words } = await endOf(name, args, input);
  if (code === 'ENOENT')
    throw new RunFailure('MISSING_TOOL', `${name} is missing on this machine; build the boot image anew`);
  if (good.includes(code as number)) return stdout;
  throw new RunFailure('STEP_FAILED', `${[name, ...args].join(' ')} ended with ${code}: ${words}`);
}

/** The same where a failure is an answer: undefined. A tool that is missing is a RunFailure all the same. */
export async function askTool(call: ToolCall): Promise<string | undefined> {
  return runTool(call).catch((error: unknown) => {
    if (error instanceof RunFailure && error.code === 'STEP_FAILED') return undefined;
    throw error;
  });
}

interface ToolEnd {
  /** Exit code, or the name of a signal or of a system error. */
  readonly code: number | string;
  readonly stdout: string;
  readonly words: string;
}

function endOf(name: string, args: readonly string[], input: string): Promise<ToolEnd> {
  return new Promise((resolve) => {
    const child = execFile(name, args, { maxBuffer: MOST_OUTPUT_BYTES }, (error, stdout, stderr) => {
      const code = error === null ? 0 : (error.code ?? error.signal ?? 'an unknown end');
      resolve({ code, stdout, words: `${stdout}\n${stderr}`.trim().slice(-MOST_WORDS) });
    });
    // Some end before they have read anything.
    child.stdin?.on('error', () => {}).end(input);
  });
}
