import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { open, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { zstdCompressSync } from 'node:zlib';
import { type CpioEntry, encodeCpio } from '../../src/engine/boot/boot-image/cpio-codec.ts';

const run = promisify(execFile);

/** What the golden disk says when it has started. */
export const DEPLOYED = 'DEPLOYED OK';

const MIB = 2 ** 20;
const DISK_BYTES = 256 * MIB;
/** BIOS starts the first partition, UEFI the file `EFI/BOOT/BOOTX64.EFI` of any FAT. */
const FAT = { offset: MIB, bytes: 63 * MIB };
const NTFS = { offset: 64 * MIB, bytes: 190 * MIB };
const SYSLINUX = '/usr/lib/syslinux';
const SYSLINUX_EFI = '/usr/lib/SYSLINUX.EFI/efi64/syslinux.efi';

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
  /** Where it is made. */
  readonly folder: string;
}

/**
 * A disk that starts by BIOS and by UEFI, says so on its serial line, and powers the machine off: a FAT with syslinux and
 * a kernel, and an NTFS with one file. Made without loop devices.
 * @returns its file
 */
export async function aBootableDisk({ kernelFile, folder }: BootableDiskParts): Promise<string> {
  const disk = join(folder, 'golden.img');
  await writeFile(disk, '');
  await truncate(disk, DISK_BYTES);
  await partition(disk);
  await makeFat(disk, { kernelFile, folder });
  await makeNtfs(disk, folder);
  return disk;
}

async function partition(disk: string): Promise<void> {
  const [fat, ntfs] = [FAT, NTFS].map(({ offset, bytes }) => `start=${offset / 512},size=${bytes / 512}`);
  const table = spawnSync('sfdisk', ['--quiet', disk], {
    input: `label: dos\n${fat},type=c,bootable\n${ntfs},type=7\n`,
  });
  if (table.status !== 0) throw new Error(`sfdisk: ${table.stderr}`);
  const bootCode = await readFile(`${SYSLINUX}/mbr/mbr.bin`);
  await writeAt(disk, bootCode, 0);
}

async function makeFat(disk: string, { kernelFile, folder }: BootableDiskParts): Promise<void> {
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

async function makeNtfs(disk: string, folder: string): Promise<void> {
  const volume = join(folder, 'volume.ntfs');
  const file = join(folder, 'file');
  await writeFile(volume, '');
  await truncate(volume, NTFS.bytes);
  await run('mkntfs', ['--force', '--quick', '--partition-start', String(NTFS.offset / 512), volume]);
  await writeFile(file, randomBytes(8 * MIB));
  await run('ntfscp', ['--force', volume, file, 'file']);
  await run('dd', [
    `if=${volume}`,
    `of=${disk}`,
    'bs=1M',
    `seek=${NTFS.offset / MIB}`,
    'conv=notrunc,sparse',
  ]);
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

async function writeAt(path: string, bytes: Uint8Array, offset: number): Promise<void> {
  const file = await open(path, 'r+');
  await file.write(bytes, 0, bytes.length, offset);
  await file.close();
}
