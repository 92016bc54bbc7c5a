import { RunFailure } from '../../../failure.ts';
import type { DiskPartition } from '../../image/disk/disk-partition.ts';
import type { FilesFileSystem } from '../../image/manifest.ts';
import type { PostDeployHook } from '../post-deploy-hook.ts';
import { partitionNumbered, withMounted, withPartitionDevice } from './partition-device.ts';
import { runTool } from './system-tools.ts';

/** wimlib and NTFS count sectors of this. */
const SECTOR_BYTES = 512;

/** As mke2fs has it by default (mke2fs.conf), and room for files to come where they are many and small. */
const BYTES_PER_INODE = 16_384;
const INODES_PER_ENTRY = 1.5;

/**
 * The file system of an image of kind `files` is made, filled from the archive that lies behind it on the disk, and
 * checked. Each time from the beginning: what a power cut left of it is overwritten.
 */
export const unpackFiles: PostDeployHook = {
  name: 'files',
  async run(deployed) {
    const { files, partitions } = deployed.manifest;
    if (!files) return;
    const { number, fileSystem } = partitions[0]!;
    const volume = await partitionNumbered(deployed, number);
    if (volume.startBytes + volume.bytes > files.startBytes)
      throw new RunFailure('BAD_TABLE', `partition ${number} of the disk reaches into the archive behind it`);
    const archive: DiskPartition = {
      number: 0,
      startBytes: files.startBytes,
      bytes: Math.ceil(files.bytes / SECTOR_BYTES) * SECTOR_BYTES,
    };
    await withPartitionDevice(deployed, archive, (source) =>
      withPartitionDevice(deployed, volume, (device) =>
        FILLED[fileSystem as FilesFileSystem]({ source, device, volume, entries: files.entries }),
      ),
    );
    deployed.note(`partition ${number} (${fileSystem}) was made and filled, and is in order`);
  },
};

interface Filling {
  /** Devices: of the archive and of the new file system. */
  readonly source: string;
  readonly device: string;
  /** Of the file system on the disk. */
  readonly volume: DiskPartition;
  readonly entries: number;
}

const run = (name: string, ...args: string[]) => runTool({ name, args });

const FILLED: Readonly<Record<FilesFileSystem, (filling: Filling) => Promise<void>>> = {
  async ntfs({ source, device, volume }) {
    // Windows starts from a volume that knows where it begins; the geometry is the one that firmware makes up.
    const place = ['-p', `${volume.startBytes / SECTOR_BYTES}`, '-H', '255', '-S', '63'];
    await run('mkntfs', '--quick', '--force', '--quiet', ...place, device);
    await run('wimapply', '--quiet', source, '1', device);
    await run('ntfsfix', '--no-action', device);
  },
  async ext4({ source, device, volume, entries }) {
    const inodes = Math.max(Math.ceil(volume.bytes / BYTES_PER_INODE), Math.ceil(INODES_PER_ENTRY * entries));
    await run('mke2fs', '-t', 'ext4', '-F', '-q', '-N', String(inodes), device);
    const archive = ['--file', source, '--numeric-owner', '--acls', '--xattrs', '--xattrs-include=*'];
    await withMounted(device, 'ext4', (folder) =>
      run('tar', '--extract', '--preserve-permissions', ...archive, '--directory', folder),
    );
    await run('e2fsck', '-f', '-n', device);
    await withMounted(device, 'ext4', (folder) =>
      run('tar', '--compare', '--file', source, '--numeric-owner', '--directory', folder),
    );
  },
};
