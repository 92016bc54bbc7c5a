import { randomFillSync } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { until } from '../bench/executors/local/a-lab.ts';
import { aGoldenDisk } from '../engine/image/a-captured-image.ts';
import { flipByte, MIB } from '../engine/image/a-volume.ts';
import { aFolder, startSwarmboot, swarmboot } from './swarmboot-process.ts';

/** A disk that nothing is known of and that cannot be compressed: all of it is copied. */
async function aLongCapture(): Promise<{ folder: string; args: string[]; drafts: () => Promise<string[]> }> {
  const folder = await aFolder();
  const disk = join(folder, 'disk.img');
  await writeFile(disk, randomFillSync(Buffer.alloc(400 * MIB)));
  const store = join(folder, 'store');
  const images = join(store, 'images', 'lab');
  return {
    folder: images,
    args: ['image', 'capture', disk, '--name', 'lab', '--store', store, '--json'],
    drafts: () => readdir(images).catch(() => []),
  };
}

describe('swarmboot image capture', () => {
  it('makes an image that is listed, shown, verified and removed, as JSON for scripts', async (context) => {
    const disk = await aGoldenDisk(context);
    const store = join(await aFolder(), 'store');
    const call = async (...args: string[]) => {
      const { code, stdout, stderr } = await swarmboot(...args, '--store', store, '--json');
      return { code, stderr, said: stdout === '' ? null : JSON.parse(stdout) };
    };
    const captured = await call('image', 'capture', disk, '--name', 'lab');
    expect(captured).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('a key to sign images was made'),
    });
    expect(captured.said).toMatchObject({
      keptChunks: 0,
      manifest: { name: 'lab', version: 1, table: 'gpt' },
    });
    expect((await call('image', 'list')).said.images).toMatchObject([
      { name: 'lab', version: 1, manifest: { version: 1 } },
    ]);
    expect((await call('image', 'show', 'lab')).said).toMatchObject({ manifest: captured.said.manifest });
    expect(await call('image', 'verify', 'lab')).toMatchObject({ code: 0, said: { faults: [] } });
    expect((await call('keys', 'show')).said.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    await flipByte(join(captured.said.folder, 'payload'), 100_000);
    const damaged = await call('image', 'verify', 'lab');
    expect(damaged).toMatchObject({
      code: 1,
      said: { faults: [{ file: 'payload', chunk: expect.any(Number) }] },
    });
    expect(await call('image', 'remove', 'lab', '--version', '1')).toMatchObject({ code: 0 });
    expect((await call('image', 'list')).said.images).toEqual([]);
  });

  it('says in plain words what it made, and what it copied whole', async (context) => {
    const store = join(await aFolder(), 'store');
    const disk = await aGoldenDisk(context);
    const { code, stdout } = await swarmboot(
      'image',
      'capture',
      disk,
      '--name',
      'lab',
      '--store',
      store,
      '--whole',
      '3',
    );
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^lab, version 1: .* of a disk of 74\.4 MB/),
    });
    expect(stdout).toContain('partition 3 was copied whole, 4.19 MB');
    const shown = await swarmboot('image', 'show', 'lab', '--store', store);
    expect(shown.stdout).toMatch(/ntfs .*what is in use/);
  });

  it('that is killed leaves nothing that looks like an image, and goes on when it is started again', async () => {
    const { args, drafts, folder } = await aLongCapture();
    const first = startSwarmboot(...args);
    const journal = async () => join(folder, (await drafts())[0] ?? '', 'journal');
    // The first record is written when 64 MiB of the payload are on the medium.
    await until(async () => (await stat(await journal()).catch(() => ({ size: 0 }))).size > 32);
    first.kill('SIGKILL');
    await first.ended;
    expect((await drafts()).every((name) => name.startsWith('.'))).toBe(true);
    const second = await swarmboot(...args);
    expect(second).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/going on with a capture that was interrupted: [\d.]+ MB/),
    });
    const { keptChunks, chunks, manifest } = JSON.parse(second.stdout);
    expect(keptChunks).toBeGreaterThan(10);
    expect(keptChunks).toBeLessThan(chunks);
    expect(await drafts()).toEqual(['1']);
    // It is to the byte what one capture in one go makes.
    const whole = JSON.parse((await swarmboot(...args)).stdout);
    expect(whole).toMatchObject({
      keptChunks: 0,
      manifest: { version: 2, payload: manifest.payload, infoHash: manifest.infoHash },
    });
  });

  it('begins anew where the disk is another than when it was killed', async () => {
    const { args, drafts, folder } = await aLongCapture();
    const first = startSwarmboot(...args);
    const journal = async () => join(folder, (await drafts())[0] ?? '', 'journal');
    await until(async () => (await stat(await journal()).catch(() => ({ size: 0 }))).size > 32);
    first.kill('SIGKILL');
    await first.ended;
    await flipByte(args[2]!, 5 * MIB);
    const second = await swarmboot(...args);
    // The first chunk is as it was; from the second on nothing is.
    expect(JSON.parse(second.stdout)).toMatchObject({ keptChunks: 1 });
    expect(await swarmboot('image', 'verify', 'lab', '--store', args[6]!)).toMatchObject({ code: 0 });
  });

  it('that is ended by Ctrl-C cleans up', async () => {
    const { args, drafts, folder } = await aLongCapture();
    const running = startSwarmboot(...args);
    await until(async () => (await drafts()).length > 0);
    running.kill('SIGINT');
    expect(await running.ended).toMatchObject({
      code: 130,
      stdout: '',
      stderr: expect.stringContaining('ended by Ctrl-C; nothing of the image is kept'),
    });
    expect(await readdir(join(folder, '..'))).toEqual([]);
  });
});

describe('a mistake in a call about images ends with code 2 and says what to do', () => {
  it.each<[string[], RegExp]>([
    [
      ['image', 'capture', '/dev/none', '--name', 'lab'],
      /disk: \/dev\/none does not exist; `lsblk` lists the disks/,
    ],
    [['image', 'capture', 'disk.img', '--name', '../up'], /--name: found "\.\.\/up"; a name has up to 64/],
    [['image', 'capture', 'disk.img'], /required option '--name <name>'/],
    [
      ['image', 'capture', 'disk.img', '--name', 'lab', '--wire', 'gzip'],
      /--wire: found `gzip`; allowed are `zstd`, `raw`/,
    ],
    [
      ['image', 'capture', 'disk.img', '--name', 'lab', '--level', '20'],
      /--level: found `20`; allowed is a whole number from 1 to 19/,
    ],
    [
      ['image', 'capture', 'disk.img', '--name', 'lab', '--piece-mib', '3'],
      /--piece-mib: found `3`; allowed are 1, 2, 4, 8, 16/,
    ],
    [['image', 'show', 'lab'], /there is no lab in .*; there is no image at all/],
    [['image', 'verify', 'lab'], /there is no lab in .*; there is no image at all/],
    [['image', 'remove', 'lab'], /required option '--version <number>'/],
    [['keys', 'show'], /signing\.pub\.pem does not exist; make a pair with `\.\/swarmboot keys create`/],
  ])('%j', async (args, sentence) => {
    const store = await aFolder();
    const ended = await swarmboot(...args, '--store', store);
    expect(ended.stderr).toMatch(sentence);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(await readdir(store)).toEqual([]);
  });

  it('a store that is not there, or is none of ours', async () => {
    const folder = await aFolder();
    const missing = await swarmboot('image', 'list', '--store', join(folder, 'none'));
    expect(missing).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('does not exist; name a folder here or in SWARMBOOT_STORE'),
    });
    await writeFile(join(folder, 'file'), '');
    const file = await swarmboot('keys', 'create', '--store', join(folder, 'file'));
    expect(file).toMatchObject({ code: 2, stderr: expect.stringMatching(/cannot be written to \(EEXIST\)/) });
  });

  it('and a damaged image does not hide the others', async () => {
    const store = await aFolder();
    await mkdir(join(store, 'images', 'lab', '1'), { recursive: true });
    await writeFile(join(store, 'images', 'lab', '1', 'manifest.json'), '{');
    const { code, stdout } = await swarmboot('image', 'list', '--store', store);
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('the manifest cannot be used'),
    });
    expect((await readFile(join(store, 'images', 'lab', '1', 'manifest.json'), 'utf8')).length).toBe(1);
  });
});
