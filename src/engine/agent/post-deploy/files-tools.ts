import { RunFailure } from '../../../failure.ts';
import type { FilesFileSystem, Manifest } from '../../image/manifest.ts';
import { askTool } from './system-tools.ts';

/** Program -> Debian package, for all that `unpackFiles` runs. */
const TOOLS: Readonly<Record<FilesFileSystem, Readonly<Record<string, string>>>> = {
  ntfs: { losetup: 'mount', mkntfs: 'ntfs-3g', ntfsfix: 'ntfs-3g', wimapply: 'wimtools' },
  ext4: { losetup: 'mount', mke2fs: 'e2fsprogs', e2fsck: 'e2fsprogs', tar: 'tar' },
};

/** Before the first write: throws a RunFailure (`MISSING_TOOL`) with the package where files could not be unpacked. */
export async function assertFilesTools({ kind, partitions }: Manifest): Promise<void> {
  if (kind !== 'files') return;
  const tools = TOOLS[partitions[0]!.fileSystem as FilesFileSystem];
  for (const [name, debianPackage] of Object.entries(tools)) {
    await askTool({ name, args: ['--version'] }).catch((cause: unknown) => {
      const sentence = `files need ${name}, which is missing on this machine: nothing is written; install the Debian package ${debianPackage}, or build the boot image anew`;
      throw new RunFailure('MISSING_TOOL', sentence, { cause });
    });
  }
}
