import { type Command, CommanderError } from 'commander';
import { ConfigError, RunFailure } from '../failure.ts';
import { Interruption } from './interruption.ts';
import { endWithOutput } from './output-failure.ts';

const FAILED = 1;
const CALLERS_MISTAKE = 2;
/** 128 + SIGINT, as shells count. */
const INTERRUPTED = 130;

/** Parses the command line and does what it says; the process ends with the exit code that fits. */
export async function runProgram(program: Command): Promise<void> {
  // Sub-commands inherit these only when told before they parse.
  for (const command of withAllBelow(program))
    command.exitOverride().showHelpAfterError('(--help tells more)');
  endWithOutput();
  try {
    await program.parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) tell(error);
    process.exitCode = exitCodeOf(error);
  }
}

/** A command and its sub-commands, and theirs. */
function withAllBelow(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(withAllBelow)];
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : CALLERS_MISTAKE;
  if (error instanceof ConfigError) return CALLERS_MISTAKE;
  if (error instanceof Interruption) return INTERRUPTED;
  return FAILED;
}

/** Says on standard error what went wrong; only our own errors, which should not happen, show where. */
function tell(error: unknown): void {
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
