import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { RunFailure } from '../../../failure.ts';
import { ProtocolError } from '../../protocol-error.ts';

/** A program of the system, and where it comes from. */
export interface SystemTool {
  readonly command: string;
  readonly debianPackage: string;
}

/** How a program ended. */
export interface ToolEnd {
  readonly status: number | null;
  /** The end of what it wrote to standard error. */
  readonly complaint: string;
}

/** A program may complain at length; its last words are enough. */
const MOST_COMPLAINT = 2000;
/** Characters: what is read of an answer. */
const MOST_OUTPUT = 65_536;
const NEW_LINE = 0x0a;

/** Starts a program. Its end tells whether it was there at all: see `endOfTool`. */
export function startTool({ command }: SystemTool, args: readonly string[]): ChildProcess {
  return spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
}

/** Waits for the end of a program, which has to be awaited from its start on. Throws a RunFailure (`MISSING_TOOL`). */
export async function endOfTool(tool: SystemTool, child: ChildProcess): Promise<ToolEnd> {
  let complaint = '';
  child.stderr?.on('data', (bytes: Buffer) => {
    complaint = `${complaint}${bytes}`.slice(-MOST_COMPLAINT);
  });
  try {
    const [status] = (await once(child, 'close')) as [number | null];
    return { status, complaint: complaint.trim() };
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw new RunFailure(
      'MISSING_TOOL',
      `${tool.command} is not installed; install the Debian package ${tool.debianPackage} (apt-get install ${tool.debianPackage})`,
      { cause },
    );
  }
}

/**
 * What a program writes to standard output, its beginning only where that is long. Throws a ProtocolError with its last
 * words where it fails, a RunFailure (`MISSING_TOOL`).
 */
export async function outputOfTool(
  tool: SystemTool,
  args: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  let output = '';
  await hearTool(tool, { args, signal }, (bytes) => {
    if (output.length < MOST_OUTPUT) output += bytes;
  });
  return output;
}

/** How many lines a program writes to standard output. Throws as `outputOfTool`. */
export async function linesOfTool(
  tool: SystemTool,
  args: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  let lines = 0;
  await hearTool(tool, { args, signal }, (bytes) => {
    for (let at = bytes.indexOf(NEW_LINE); at !== -1; at = bytes.indexOf(NEW_LINE, at + 1)) lines++;
  });
  return lines;
}

async function hearTool(
  tool: SystemTool,
  { args, signal }: { readonly args: readonly string[]; readonly signal: AbortSignal },
  heard: (bytes: Buffer) => void,
): Promise<void> {
  signal.throwIfAborted();
  const child = startTool(tool, args);
  const stop = () => child.kill();
  signal.addEventListener('abort', stop);
  child.stdout?.on('data', heard);
  try {
    const { status, complaint } = await endOfTool(tool, child);
    signal.throwIfAborted();
    if (status !== 0) throw new ProtocolError(complaint || `${tool.command} ended with ${status}`);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
