import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportEzio } from '../../../../src/engine/image/export/export-ezio.ts';
import { parseMetainfo } from '../../../../src/engine/image/metainfo.ts';
import { installedTool, skipOrFail } from '../../../bench/executors/local/installed-tool.ts';
import { aFolder } from '../../an-image.ts';
import { aClonezillaFolder, sha256 } from '../import/a-clonezilla-folder.ts';
import { aFileSystem } from '../import/a-file-system.ts';
import { importedAndExported } from '../import/an-imported-image.ts';
import { run } from '../import/run-tool.ts';

const MEBIBYTE = 2 ** 20;
const PYTHON = '/usr/bin/python3';
/** libtorrent reads a torrent, holds the files below a folder against its hashes, and says how much of it is right. */
const CHECK = `
import libtorrent, sys, time, json
info = libtorrent.torrent_info(sys.argv[1])
session = libtorrent.session({'listen_interfaces': '', 'enable_dht': False, 'enable_lsd': False, 'enable_upnp': False, 'enable_natpmp': False})
handle = session.add_torrent({'ti': info, 'save_path': sys.argv[2]})
States = libtorrent.torrent_status.states
while handle.status().state in (States.checking_files, States.checking_resume_data): time.sleep(0.05)
files = info.files()
print(json.dumps({
    'name': info.name(), 'pieceBytes': info.piece_length(), 'isPrivate': info.priv(), 'progress': handle.status().progress,
    'trackers': [tracker.url for tracker in info.trackers()],
    'files': [[files.file_path(place), files.file_size(place)] for place in range(files.num_files())],
}))
`;

async function checkedByLibtorrent(torrent: string, folder: string): Promise<Record<string, unknown>> {
  return JSON.parse(await run(PYTHON, ['-c', CHECK, torrent, folder])) as Record<string, unknown>;
}

describe('export in the layout of EZIO', () => {
  it('makes torrents that libtorrent finds complete, of files with the bytes at their offsets', async (context) => {
    await run(PYTHON, ['-c', 'import libtorrent']).catch(() =>
      skipOrFail(context, 'needs python3-libtorrent'),
    );
    const folder = await aFolder();
    const fileSystems = [
      await aFileSystem(context, { kind: 'ntfs', folder, bytes: 24 * MEBIBYTE }),
      await aFileSystem(context, { kind: 'ext4', folder, bytes: 32 * MEBIBYTE }),
    ];
    const saved = await aClonezillaFolder(context, {
      folder,
      label: 'gpt',
      fileSystems,
      compressor: 'uncomp',
    });
    const { image, store, raw } = await importedAndExported(saved.folder);
    const target = join(folder, 'btzone');
    const { signal } = new AbortController();
    const tracker = 'http://10.0.0.1:6969/announce';
    const torrents = await exportEzio({
      image,
      store,
      // As shells complete the name of a folder.
      target: `${target}/`,
      isForced: false,
      signal,
      progressed: () => {},
      tracker,
    });
    expect(torrents).toEqual(['sda1.torrent', 'sda2.torrent']);
    expect((await readdir(target)).sort()).toEqual(['sda1', 'sda1.torrent', 'sda2', 'sda2.torrent']);
    const disk = await readFile(raw);
    for (const { number, startBytes, stream } of saved.partitions) {
      const torrent = join(target, `sda${number}.torrent`);
      const checked = await checkedByLibtorrent(torrent, target);
      expect(checked).toMatchObject({
        name: `sda${number}`,
        pieceBytes: 16 * MEBIBYTE,
        isPrivate: true,
        progress: 1,
        trackers: [tracker],
      });
      for (const [path, bytes] of checked.files as [string, number][]) {
        const [, name] = path.split('/');
        expect(name).toMatch(/^[0-9a-f]{32}$/);
        const at = startBytes + Number.parseInt(name!, 16);
        expect(sha256(await readFile(join(target, path)))).toBe(sha256(disk.subarray(at, at + bytes)));
      }
      // Every byte that partclone would hand to EZIO is in one of our files.
      const theirs = join(folder, `theirs-${number}`);
      await run('mkdir', [theirs]);
      await run(installedTool(context, 'partclone.restore', 'partclone'), [
        '-T',
        '-F',
        '-q',
        '-f',
        '1',
        '-L',
        join(folder, 'bt.log'),
        '-s',
        stream,
        '-O',
        theirs,
      ]);
      const ranges = (checked.files as [string, number][]).map(
        ([path, bytes]) => [Number.parseInt(path.split('/')[1]!, 16), bytes] as const,
      );
      for (const name of (await readdir(theirs)).filter((each) => each !== 'torrent.info')) {
        const offset = Number.parseInt(name, 16);
        const bytes = await readFile(join(theirs, name));
        expect(
          ranges.some(([start, length]) => start <= offset && offset + bytes.length <= start + length),
        ).toBe(true);
        expect(sha256(disk.subarray(startBytes + offset, startBytes + offset + bytes.length))).toBe(
          sha256(bytes),
        );
      }
      expect(parseMetainfo(await readFile(torrent)).pieceBytes).toBe(16 * MEBIBYTE);
    }
  });

  it('does not touch a folder with something in it, not even by force', async (context) => {
    const folder = await aFolder();
    const fileSystems = [await aFileSystem(context, { kind: 'ext4', folder, bytes: 8 * MEBIBYTE })];
    const saved = await aClonezillaFolder(context, {
      folder,
      label: 'dos',
      fileSystems,
      compressor: 'uncomp',
    });
    const { image, store } = await importedAndExported(saved.folder);
    const { signal } = new AbortController();
    const target = await aFolder();
    await writeFile(join(target, 'precious'), 'data');
    await expect(
      exportEzio({ image, store, target, isForced: true, signal, progressed: () => {} }),
    ).rejects.toThrow(/not empty/);
    expect(await readdir(target)).toEqual(['precious']);
  });
});
