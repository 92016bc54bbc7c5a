import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OperatorAccess } from './operator-client.ts';

const FILE = 'operator-access.json';

/** Writes how the server is reached now; a token that was given out before stays valid. Only the owner may read it. */
export async function keepOperatorAccess(folder: string, url: string): Promise<OperatorAccess> {
  const file = join(folder, FILE);
  const token = (await tokenIn(file)) ?? randomBytes(24).toString('base64url');
  await writeFile(`${file}.partial`, `${JSON.stringify({ url, token })}\n`, { mode: 0o600, flush: true });
  await rename(`${file}.partial`, file);
  return { url, token };
}

/** A file that is missing or damaged has none: it is written anew. */
async function tokenIn(file: string): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  try {
    const { token } = JSON.parse(text) as Partial<OperatorAccess>;
    return token;
  } catch {
    return undefined;
  }
}
