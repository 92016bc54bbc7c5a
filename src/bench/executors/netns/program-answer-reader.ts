import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { RunFailure } from '../../../failure.ts';
import type { Command } from './pipe-script.ts';

/**
 * What a program that is not ours writes to its standard output.
 * Rejects with a RunFailure (`PROGRAM`) that holds what it said of its failure.
 */
export async function said([program, ...options]: Command, cwd = '/'): Promise<string> {
  const { stdout } = await promisify(execFile)(program, options, { cwd, encoding: 'utf8' }).catch(
    (cause: Error) => {
      throw new RunFailure('PROGRAM', cause.message.trim().split('\n').join(': '), { cause });
    },
  );
  return stdout;
}
