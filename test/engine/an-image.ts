import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder that is gone when the test is over. */
export async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'swarmboot-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Bytes that do not repeat, and are the same every time. */
export function someBytes(length: number, seed = 'image'): Buffer {
  const blocks: Buffer[] = [];
  for (let block = 0; block * 32 < length; block++) {
    blocks.push(createHash('sha256').update(`${seed} ${block}`).digest());
  }
  return Buffer.concat(blocks).subarray(0, length);
}

/** An image file that is gone when the test is over. */
export async function anImageFile(bytes: Uint8Array): Promise<string> {
  const file = join(await aFolder(), 'image.img');
  await writeFile(file, bytes);
  return file;
}
