import { CommanderError } from 'commander';
import { ConfigError, RunFailure } from '../failure.ts';
import { Interruption } from './interruption.ts';

const FAILED = 1;
const CALLERS_MISTAKE = 2;
/** 128 + SIGINT, as shells count. */
const INTERRUPTED = 130;

export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : CALLERS_MISTAKE;
  if (error instanceof ConfigError) return CALLERS_MISTAKE;
  if (error instanceof Interruption) return INTERRUPTED;
  return FAILED;
}

/** Says on standard error what went wrong; only our own errors, which should not happen, show where. */
export function tell(error: unknown): void {
  const isExplained =
    error instanceof ConfigError ||
    error instanceof RunFailure ||
    error instanceof Interruption ||
    hasErrno(error);
  const text = isExplained
    ? (error as Error).message
    : `internal error, please report it: ${(error as Error).stack}`;
  process.stderr.write(`swarmboot: ${text}\n`);
}

/** The operating system's own errors (no space, no permission) say enough in their message. */
function hasErrno(error: unknown): boolean {
  return error instanceof Error && 'errno' in error;
}
