import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { FilesKeeperCommand } from '../../../../src/bench/executors/local/files-keeper-messages.ts';
import type { GoldenFiles, GoldenWish } from '../../../../src/bench/executors/local/golden-files.ts';
import { LabFiles } from '../../../../src/bench/executors/local/lab-files.ts';
import { aFolder, anImageFile, someBytes } from '../../../engine/an-image.ts';

const ENTRY = new URL('../../../../src/bench/executors/local/files-keeper-process.ts', import.meta.url);
const WISH: GoldenWish = { imageBytes: 3_000_000, pieceBytes: 16_384, encoding: 'raw', isSaved: false };

/** Processes that this one has started. */
function childrenNow(): number[] {
  return readdirSync('/proc/self/task').flatMap(childrenOfThread);
}

/** It may have ended meanwhile. */
function childrenOfThread(thread: string): number[] {
  try {
    const text = readFileSync(`/proc/self/task/${thread}/children`, 'utf8');
    return text.split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

async function someFiles() {
  const workFolder = await aFolder();
  const imageFile = await anImageFile(someBytes(WISH.imageBytes));
  const files = new LabFiles({ workFolder, imageFile });
  onTestFinished(() => files.close());
  return { files, workFolder, imageFile };
}

describe('the files of a lab', () => {
  it('are nothing until a run wants them, and nothing after their end', async () => {
    const { files, workFolder } = await someFiles();
    expect(await readdir(workFolder)).toEqual([]);
    await files.golden(WISH);
    expect(await readdir(workFolder)).toHaveLength(1);
    await files.close();
    expect(await readdir(workFolder)).toEqual([]);
  });

  it('hold each form of the golden image once', async () => {
    const { files, imageFile } = await someFiles();
    const [first, again] = await Promise.all([files.golden(WISH), files.golden(WISH)]);
    const others = await files.golden({ ...WISH, encoding: 'zstd' });
    expect(again.published.payloadFile).toBe(first.published.payloadFile);
    expect(await readFile(first.published.payloadFile)).toEqual(await readFile(imageFile));
    expect(others.published.payloadFile).not.toBe(first.published.payloadFile);
    expect((await stat(others.published.payloadFile)).size).not.toBe(0);
  });

  it('answer each wish with what it wants, whatever the others take', async () => {
    const { files } = await someFiles();
    const [refused, raw, packed] = await Promise.allSettled([
      files.golden({ ...WISH, imageBytes: 4_000_000 }),
      files.golden(WISH),
      files.golden({ ...WISH, encoding: 'zstd' }),
    ]);
    expect(refused.status).toBe('rejected');
    const sizeOf = async (made: PromiseSettledResult<GoldenFiles>) =>
      made.status === 'fulfilled' ? (await stat(made.value.published.payloadFile)).size : null;
    expect(await sizeOf(raw)).toBe(WISH.imageBytes);
    expect(await sizeOf(packed)).not.toBe(WISH.imageBytes);
  });

  it('refuse an image of another size, and then make what is wanted', async () => {
    const { files } = await someFiles();
    await expect(files.golden({ ...WISH, imageBytes: 4_000_000 })).rejects.toMatchObject({
      field: 'image.size',
      message: expect.stringContaining("the scenario's image has 4000000 bytes"),
    });
    expect((await files.golden(WISH)).saved).toBeNull();
  });

  it('are lost with their keeper, and another is found', async () => {
    const { files } = await someFiles();
    const before = childrenNow();
    const lost = expect(files.golden(WISH)).rejects.toMatchObject({
      code: 'LAB_FILES',
      message: "the keeper of the lab's files was ended by SIGKILL",
    });
    // At once: it has not even started to make them, and is not heard in this turn.
    const [keeper] = childrenNow().filter((pid) => !before.includes(pid));
    process.kill(keeper!, 'SIGKILL');
    await lost;
    expect((await files.golden(WISH)).published.version).toBe(1);
  });

  it('are removed also when the bench is killed while their keeper has something to say to it', async () => {
    const folder = join(await aFolder(), 'scratch');
    const keeper = fork(ENTRY, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    onTestFinished(() => {
      keeper.kill('SIGKILL');
    });
    const say = (command: FilesKeeperCommand) => keeper.send(command);
    say({ kind: 'keep', folder, imageFile: await anImageFile(someBytes(WISH.imageBytes)) });
    say({ kind: 'make', wish: WISH });
    expect((await once(keeper, 'message'))[0]).toMatchObject({ kind: 'made' });
    expect(await readdir(folder)).toHaveLength(1);
    // It reads the wish and answers before it can see that nobody is there any more.
    keeper.kill('SIGSTOP');
    say({ kind: 'make', wish: WISH });
    keeper.disconnect();
    keeper.kill('SIGCONT');
    expect(await once(keeper, 'exit')).toEqual([0, null]);
    await expect(readdir(folder)).rejects.toThrow('ENOENT');
  });
});
