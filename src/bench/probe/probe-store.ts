import { readFile } from 'node:fs/promises';
import { ConfigError } from '../../failure.ts';
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

/** Writes the whole file or nothing; its folder is made where missing. */
export async function writeProbe(file: string, probe: Probe): Promise<void> {
  try {
    await replaceFile(file, `${JSON.stringify(probe, null, 2)}\n`);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new ConfigError('--out', `${file} cannot be written (${code})`, { cause });
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
