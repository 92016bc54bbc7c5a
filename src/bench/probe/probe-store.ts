import { access, constants, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ConfigError } from '../../failure.ts';
import { makeFolder } from '../../folder-writer.ts';
import { replaceFile } from '../record/file-writer.ts';
import { type Probe, probeSchema } from './probe.ts';

/** Throws a ConfigError (`--probe`) for a file that is none. */
export async function readProbe(file: string): Promise<Probe> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new ConfigError(
      '--probe',
      `${file} cannot be read (${cause.code}); \`./swarmboot probe\` makes one`,
      {
        cause,
      },
    );
  });
  const read = probeSchema.safeParse(jsonOf(text));
  if (read.success) return read.data as Probe;
  const [{ path, message }] = read.error.issues as [(typeof read.error.issues)[0]];
  throw new ConfigError('--probe', `${file} is no probe: ${path.join('.') || 'file'}: ${message}`);
}

/**
 * Before a measurement of minutes: rejects with a ConfigError (`--out`) where its result could not be written. The folder is
 * made where missing.
 */
export async function assertProbeFile(file: string): Promise<void> {
  await makeFolder(dirname(file))
    .then(() => access(dirname(file), constants.W_OK | constants.X_OK))
    .catch((cause) => cannotWrite(file, cause));
  const found = await stat(file).catch(() => undefined);
  if (found?.isDirectory()) throw new ConfigError('--out', `${file} is a folder; name a file in it`);
}

/** Writes the whole file or nothing; its folder is made where missing. Rejects with a ConfigError (`--out`). */
export async function writeProbe(file: string, probe: Probe): Promise<void> {
  await replaceFile(file, `${JSON.stringify(probe, null, 2)}\n`).catch((cause) => cannotWrite(file, cause));
}

function cannotWrite(file: string, cause: NodeJS.ErrnoException): never {
  throw new ConfigError('--out', `${file} cannot be written (${cause.code})`, { cause });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
