import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { open, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { zstdCompressSync } from 'node:zlib';
import { type CpioEntry, encodeCpio } from '../../../engine/index.ts';
import { ConfigError, RunFailure } from '../../../failure.ts';

const run = promisify(execFile);

/** What the disk says on the serial line when it has started. */
export const DEPLOYED = 'DEPLOYED OK';

const SFDISK = 'sfdisk';
const MIB = 2 ** 20;
/** BIOS starts the first partition, UEFI the file `EFI/BOOT/BOOTX64.EFI` of any FAT. */
const FAT = { offset: MIB, bytes: 39 * MIB };
const NTFS_OFFSET = FAT.offset + FAT.bytes;
/** Behind the last partition nothing is used; a disk has a whole number of MiB, and room for a small NTFS. */
const TAIL_BYTES = MIB;
const SMALLEST_MIB = 64;
const SYSLINUX = '/usr/lib/syslinux';
const SYSLINUX_EFI = '/usr/lib/SYSLINUX.EFI/efi64/syslinux.efi';
/** One file of bytes that do not shrink, so that something of the NTFS is in use. */
const FILE_BYTES = 8 * MIB;

const CONFIG = `DEFAULT golden
PROMPT 0
TIMEOUT 1
LABEL golden
  KERNEL /vmlinuz
  APPEND initrd=/initrd.img console=ttyS0 quiet
`;

const INIT = `#!/bin/busybox sh
/bin/busybox mount -t devtmpfs devtmpfs /dev
/bin/busybox echo ${DEPLOYED} > /dev/ttyS0
/bin/busybox sleep 1
/bin/busybox poweroff -f
`;

export interface BootableDiskParts {
  /** A kernel for x86-64 with drivers of virtual machines. */
  readonly kernelFile: string;
  /** Where it is made, as `golden.img`. */
  readonly folder: string;
  readonly sizeBytes: number;
}

/**
 * A disk that starts by BIOS and by UEFI, says so on its serial line, and powers the machine off: a FAT with syslinux and
 * a kernel, and an NTFS with one file. Made without loop devices; most of it is not in use.
 * Rejects with a ConfigError (`image.size`) for a size that it cannot have, and a RunFailure where a tool fails.
 * @returns its file
 */
export async function makeBootableDisk({
  kernelFile,
  folder,
  sizeBytes,
}: BootableDiskParts): Promise<string> {
  if (sizeBytes % MIB !== 0 || sizeBytes < SMALLEST_MIB * MIB)
    throw new ConfigError(
      'image.size',
      `${sizeBytes} bytes; a disk that starts has ${SMALLEST_MIB} MiB or more, in whole MiB`,
    );
  const disk = join(folder, 'golden.img');
  await writeFile(disk, '');
  await truncate(disk, sizeBytes);
  const ntfsBytes = sizeBytes - NTFS_OFFSET - TAIL_BYTES;
  await partition(disk, ntfsBytes);
  await makeFat(disk, { kernelFile, folder });
  await makeNtfs(disk, { folder, ntfsBytes });
  return disk;
}

async function partition(disk: string, ntfsBytes: number): Promise<void> {
  const lines = [
    'label: dos',
    `start=${FAT.offset / 512},size=${FAT.bytes / 512},type=c,bootable`,
    `start=${NTFS_OFFSET / 512},size=${ntfsBytes / 512},type=7`,
  ];
  const table = spawnSync(SFDISK, ['--quiet', disk], { input: `${lines.join('\n')}\n` });
  if (table.status !== 0) throw new RunFailure('GOLDEN_DISK', `sfdisk: ${table.stderr ?? table.error}`);
  await writeAtStart(disk, await readFile(`${SYSLINUX}/mbr/mbr.bin`));
}

async function makeFat(
  disk: string,
  { kernelFile, folder }: { readonly kernelFile: string; readonly folder: string },
): Promise<void> {
  const [sectors, blocks] = [FAT.offset / 512, FAT.bytes / 1024];
  await run('mkfs.vfat', ['-F', '32', '-n', 'GOLDEN', '--offset', String(sectors), disk, String(blocks)]);
  await run('syslinux', ['--install', '--offset', String(FAT.offset), disk]);
  const inFat = `${disk}@@${FAT.offset}`;
  const put = (file: string, name: string) => run('mcopy', ['-i', inFat, file, `::${name}`]);
  const made = async (name: string, content: string | Uint8Array): Promise<string> => {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };
  await run('mmd', ['-i', inFat, '::EFI', '::EFI/BOOT']);
  await put(SYSLINUX_EFI, 'EFI/BOOT/BOOTX64.EFI');
  await put(`${SYSLINUX}/modules/efi64/ldlinux.e64`, 'EFI/BOOT/ldlinux.e64');
  await put(kernelFile, 'vmlinuz');
  await put(await made('golden-initrd.img', await initialRamDisk()), 'initrd.img');
  const config = await made('syslinux.cfg', CONFIG);
  await put(config, 'syslinux.cfg');
  await put(config, 'EFI/BOOT/syslinux.cfg');
}

async function makeNtfs(
  disk: string,
  { folder, ntfsBytes }: { readonly folder: string; readonly ntfsBytes: number },
): Promise<void> {
  const volume = join(folder, 'volume.ntfs');
  const file = join(folder, 'file');
  await writeFile(volume, '');
  await truncate(volume, ntfsBytes);
  await run('mkntfs', ['--force', '--quick', '--partition-start', String(NTFS_OFFSET / 512), volume]);
  await writeFile(file, randomBytes(FILE_BYTES));
  await run('ntfscp', ['--force', volume, file, 'file']);
  const place = ['bs=1M', `seek=${NTFS_OFFSET / MIB}`, 'conv=notrunc,sparse'];
  await run('dd', [`if=${volume}`, `of=${disk}`, ...place]);
  await rm(volume);
}

async function initialRamDisk(): Promise<Uint8Array> {
  const folders: CpioEntry[] = ['bin', 'dev'].map((path) => ({ kind: 'folder', path }));
  const busybox = await readFile('/bin/busybox');
  return zstdCompressSync(
    encodeCpio([
      ...folders,
      { kind: 'device', path: 'dev/console', major: 5, minor: 1 },
      { kind: 'file', path: 'bin/busybox', bytes: busybox, isProgram: true },
      { kind: 'file', path: 'init', bytes: Buffer.from(INIT), isProgram: true },
    ]),
  );
}

async function writeAtStart(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'r+');
  await file.write(bytes, 0, bytes.length, 0);
  await file.close();
}
