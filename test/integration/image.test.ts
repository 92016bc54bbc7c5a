import { execFile } from 'node:child_process';
import { mkdir, open, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { aLoopDevice } from '../engine/image/export/a-loop-device.ts';
import { aFolder, startOnTerminal, startSwarmboot, swarmboot } from './swarmboot-process.ts';

const MEBIBYTE = 2 ** 20;

/** A disk without a table; its bytes are zeros but for the first. */
async function aDisk(folder: string, bytes: number): Promise<string> {
  const file = join(folder, 'disk.img');
  const handle = await open(file, 'w');
  await handle.write(Buffer.from('a disk'));
  await handle.truncate(bytes);
  await handle.close();
  return file;
}

describe('swarmboot image', () => {
  it('imports a disk and exports the same, as one JSON object each', async () => {
    const folder = await aFolder();
    const disk = await aDisk(folder, 9 * MEBIBYTE);
    const store = join(folder, 'store');
    const imported = await swarmboot('image', 'import', disk, '--name', 'lab', '--store', store, '--json');
    expect(imported).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('a key to sign images was made'),
    });
    expect(JSON.parse(imported.stdout)).toMatchObject({
      folder: join(store, 'images', 'lab', '1'),
      manifest: { name: 'lab', version: 1, disk: { bytes: 9 * MEBIBYTE }, encoding: { kind: 'zstd' } },
    });
    const target = join(folder, 'out.img');
    const exported = await swarmboot('image', 'export', 'lab', target, '--store', store, '--json');
    expect(exported.code).toBe(0);
    expect(JSON.parse(exported.stdout)).toMatchObject({
      name: 'lab',
      version: 1,
      format: 'raw',
      rawBytes: 9 * MEBIBYTE,
    });
    expect((await readFile(target)).equals(await readFile(disk))).toBe(true);
    const again = await swarmboot('image', 'export', 'lab', target, '--store', store);
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('--force replaces it') });
  });

  it('imports files for a file system that every machine makes', async () => {
    const folder = await aFolder();
    const files = join(folder, 'files');
    await mkdir(join(files, 'etc'), { recursive: true });
    await writeFile(join(files, 'etc', 'motd'), 'golden');
    const tar = join(folder, 'files.tar');
    await promisify(execFile)('tar', ['-C', files, '-cf', tar, '.']);
    const store = join(folder, 'store');
    const wishes = ['--kind', 'files', '--file-system', 'ext4', '--volume', '64', '--store', store];
    const imported = await swarmboot('image', 'import', tar, '--name', 'data', ...wishes, '--json');
    expect({ code: imported.code, stderr: imported.code === 0 ? '' : imported.stderr }).toEqual({
      code: 0,
      stderr: '',
    });
    const { manifest } = JSON.parse(imported.stdout);
    expect(manifest).toMatchObject({ name: 'data', version: 1 });
    const list = await swarmboot('image', 'list', '--store', store);
    expect(list).toMatchObject({ code: 0, stdout: expect.stringContaining('data') });
    const exported = await swarmboot('image', 'export', 'data', join(folder, 'x'), '--store', store);
    expect(exported).toMatchObject({ code: 2, stderr: expect.stringContaining('files') });
  });

  it('says of a device that is written in part what has become of it', async (context) => {
    const folder = await aFolder();
    const device = await aLoopDevice(context, 2 * MEBIBYTE);
    const disk = await aDisk(folder, MEBIBYTE);
    const store = join(folder, 'store');
    const wire = ['--wire', 'raw', '--json'];
    const imported = await swarmboot('image', 'import', disk, '--name', 'lab', '--store', store, ...wire);
    const payload = await open(join(JSON.parse(imported.stdout).folder, 'payload'), 'r+');
    await payload.write(Buffer.from('another'), 0, 7, 0);
    await payload.close();
    const call = ['image', 'export', 'lab', device, '--store', store, '--device'];
    expect(await swarmboot(...call)).toMatchObject({
      code: 2,
      stderr: expect.not.stringContaining('overwritten'),
    });
    expect(await swarmboot(...call, '--force')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /chunk 0, .*; \S+ is overwritten in part: what was on it is lost, and it does not hold the image\n$/,
      ),
    });
  });

  it('lists the other images where one version has no manifest', async () => {
    const folder = await aFolder();
    const disk = await aDisk(folder, MEBIBYTE);
    const store = join(folder, 'store');
    await swarmboot('image', 'import', disk, '--name', 'lab', '--store', store);
    await mkdir(join(store, 'images', 'lab', '2'));
    const list = await swarmboot('image', 'list', '--store', store, '--json');
    expect(list).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(list.stdout).images).toMatchObject([
      { name: 'lab', version: 1, manifest: { name: 'lab' } },
      { name: 'lab', version: 2, fault: expect.stringMatching(/the manifest in .*lab\/2: there is none/) },
    ]);
  });

  it('tells the mistakes of a call from damage: exit codes 2 and 1, with what to do', async () => {
    const folder = await aFolder();
    const disk = await aDisk(folder, MEBIBYTE);
    const store = join(folder, 'store');
    const call = (...args: string[]) => swarmboot('image', ...args, '--store', store);
    expect(await call('import', disk)).toMatchObject({ code: 2, stderr: expect.stringContaining('--name') });
    expect(await call('import', disk, '--name', '../x')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('a name has up to 64'),
    });
    expect(await call('import', join(folder, 'nothing'), '--name', 'lab')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('ENOENT'),
    });
    expect(await call('import', folder, '--name', 'lab')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is no image folder of Clonezilla'),
    });
    expect(await call('export', 'lab', join(folder, 'x'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no image at all'),
    });
    const packed = join(folder, 'cut.img.gz');
    const handle = await open(packed, 'w');
    await handle.write(Buffer.from('1f8b0800000000000003edc1', 'hex'));
    await handle.close();
    expect(await call('import', packed, '--name', 'lab')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('cut.img.gz cannot be imported: it is damaged'),
    });
  });

  it('ends after a mistake on a terminal as elsewhere', async () => {
    const folder = await aFolder();
    const disk = await aDisk(folder, MEBIBYTE);
    const call = [
      'image',
      'import',
      disk,
      '--name',
      'lab',
      '--volume',
      '100',
      '--store',
      join(folder, 'store'),
    ];
    const { exitCode, shown } = startOnTerminal(...call);
    expect(await exitCode).toBe(2);
    expect(shown()).toContain('it is for files; add --kind files');
  });

  it('leaves nothing of an image behind after Ctrl-C', async () => {
    const folder = await aFolder();
    const disk = await aDisk(folder, 65_536 * MEBIBYTE);
    const store = join(folder, 'store');
    const running = startSwarmboot('image', 'import', disk, '--name', 'lab', '--store', store);
    while (!(await readdir(join(store, 'images', 'lab')).catch(() => [])).length) await sleep(50);
    running.kill('SIGINT');
    const { code, stderr } = await running.ended;
    expect({ code, stderr }).toMatchObject({
      code: 130,
      stderr: expect.stringContaining('nothing of the image is kept'),
    });
    expect(await readdir(join(store, 'images', 'lab')).catch(() => [])).toEqual([]);
  });
});
