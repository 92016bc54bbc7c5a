import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest';
import { buildBootImage } from '../../src/engine/boot/boot-image/boot-image.ts';
import { postDeploySteps } from '../../src/engine/deployment/post-deploy-steps.ts';
import { makeSigningKeys } from '../../src/engine/image/signature.ts';
import { installedTool, skipOrFail } from '../bench/executors/local/installed-tool.ts';
import { needsRoot, partitionOf } from '../engine/agent/post-deploy/a-deployed-disk.ts';
import { aLinux, systemMib } from '../engine/agent/post-deploy/a-system-volume.ts';
import { aFolder } from '../engine/an-image.ts';
import { mounted } from '../engine/image/a-mounted-volume.ts';
import { aPartitionedDisk, putVolume, sfdiskPartitions } from '../engine/image/a-partitioned-disk.ts';
import { aVolumeFile, MIB, tool } from '../engine/image/a-volume.ts';

const AGENT = fileURLToPath(new URL('a-step-agent.ts', import.meta.url));
const FIRMWARE = '/usr/share/OVMF/OVMF_CODE_4M.fd';
const VARIABLES = '/usr/share/OVMF/OVMF_VARS_4M.fd';
/** Any program for UEFI does that says something when it is started. */
const LOADER = '/usr/lib/ipxe/snponly.efi';

const GOLDEN_BYTES = 640 * MIB;
const DISK_BYTES = 900 * MIB;
const PARTITIONS = [
  { number: 1, mib: 34, fileSystem: 'vfat', type: 'uefi' },
  { number: 2, mib: systemMib('xfs'), fileSystem: 'xfs', type: 'linux' },
  { number: 3, mib: systemMib('btrfs'), fileSystem: 'btrfs', type: 'linux' },
  { number: 4, mib: systemMib('ext4'), fileSystem: 'ext4', type: 'linux' },
] as const;

/** With a boot loader as a system installs it. */
async function aBootVolume(context: TestContext, mib: number): Promise<string> {
  const file = await aVolumeFile(mib * MIB, 'blank');
  await tool(context, 'mkfs.fat', 'dosfstools')('-F', '32', file);
  await tool(context, 'mmd', 'mtools')('-i', file, '::/EFI', '::/EFI/golden');
  await tool(context, 'mcopy', 'mtools')('-i', file, LOADER, '::/EFI/golden/shimx64.efi');
  return file;
}

/** A disk with a system on each partition but the first, which has a boot loader; larger than it was golden. */
async function aSystemDisk(context: TestContext) {
  const script = PARTITIONS.map(({ mib, type }) => `size=${mib}MiB, type=${type}\n`).join('');
  const path = await aPartitionedDisk(context, GOLDEN_BYTES, `label: gpt\n${script}`);
  const places = await sfdiskPartitions(context, path);
  for (const [index, { mib, fileSystem }] of PARTITIONS.entries()) {
    const file =
      fileSystem === 'vfat' ? await aBootVolume(context, mib) : (await aLinux(context, fileSystem)).file;
    await putVolume(path, file, places[index]!.startBytes);
  }
  await truncate(path, DISK_BYTES);
  const partitions = places.map((place, index) => ({ ...place, fileSystem: PARTITIONS[index]!.fileSystem }));
  const disk = { bytes: GOLDEN_BYTES, sectorBytes: 512 };
  return { path, manifest: { name: 'lab', version: 1, table: 'gpt', disk, partitions } };
}

async function bundledAgent(): Promise<Uint8Array> {
  const bundle = await rolldown({ input: AGENT, platform: 'node', logLevel: 'silent' });
  const { output } = await bundle.generate({ format: 'esm', codeSplitting: false });
  await bundle.close();
  return Buffer.from(output[0].code);
}

/** Powers a machine with UEFI on. @returns what came over its serial line until it restarts, or says the last words */
async function runMachine(qemu: string, args: readonly string[], lastWords?: string): Promise<string> {
  const machine = spawn(
    qemu,
    [
      ...['-accel', 'tcg', '-m', '1536', '-nographic', '-no-reboot'],
      ...['-drive', `if=pflash,format=raw,readonly=on,file=${FIRMWARE}`],
      ...['-netdev', 'user,id=net', '-device', 'virtio-net-pci,netdev=net,romfile='],
      ...args,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  onTestFinished(() => {
    machine.kill('SIGKILL');
  });
  if (lastWords === undefined) return text(machine.stdout);
  let said = '';
  for await (const piece of machine.stdout.setEncoding('utf8')) {
    said += piece;
    if (said.includes(lastWords)) machine.kill('SIGKILL');
  }
  return said;
}

describe('a machine with UEFI', () => {
  it('takes all steps with the tools of the boot image, and starts next from its disk', async (context) => {
    needsRoot(context);
    installedTool(context, 'apt-get', 'apt');
    const qemu = installedTool(context, 'qemu-system-x86_64', 'qemu-system-x86');
    for (const [file, name] of [
      [FIRMWARE, 'ovmf'],
      [LOADER, 'ipxe'],
    ] as const)
      if (!existsSync(file)) skipOrFail(context, `needs ${file}: install the Debian package ${name}`);
    const { path, manifest } = await aSystemDisk(context);
    const script = {
      name: 'mark',
      text: 'mount "$SWARMBOOT_PARTITION_4" /mnt && date > /mnt/mark; umount /mnt',
    };
    const steps = postDeploySteps.parse({
      ...{ growLastPartition: true, hostName: 'pc-07', efiBootEntry: true },
      scripts: [{ ...script, text: `mkdir -p /mnt; ${script.text}` }],
    });
    const folder = await aFolder();
    await buildBootImage({
      kernel: 'cloud',
      folder,
      agentFiles: [
        { name: 'agent.mjs', bytes: await bundledAgent() },
        { name: 'task.json', bytes: Buffer.from(JSON.stringify({ steps, manifest })) },
      ],
      keys: makeSigningKeys(),
      progressed: () => {},
    });
    const variables = join(folder, 'variables');
    await copyFile(VARIABLES, variables);
    const parts = [
      ...['-drive', `if=pflash,format=raw,file=${variables}`],
      ...['-drive', `file=${path},format=raw,if=virtio,cache=unsafe`],
    ];
    const kernel = ['-kernel', join(folder, 'vmlinuz'), '-initrd', join(folder, 'initrd.img')];
    const said = await runMachine(qemu, [...parts, ...kernel, '-append', 'console=ttyS0 quiet']);

    expect(said).toContain('done: the machine restarts');
    const entries = [...said.matchAll(/^Boot([\dA-F]{4})\* Swarmboot: disk/gm)].map(([, number]) => number);
    expect(entries).toHaveLength(1);
    expect(said).toMatch(new RegExp(`^BootNext: ${entries[0]}`, 'm'));
    const ext4 = await partitionOf(context, path, 4);
    expect(ext4.startBytes + ext4.bytes).toBeGreaterThan(DISK_BYTES - 2 * MIB);
    await tool(context, 'e2fsck', 'e2fsprogs')('-f', '-n', ext4.file);
    for (const number of [2, 3, 4]) {
      const { file } = await partitionOf(context, path, number);
      const volume = await mounted(context, file);
      expect(await readFile(join(volume.folder, 'etc/hostname'), 'utf8')).toBe('pc-07\n');
      if (number === 4) expect(await readFile(join(volume.folder, 'mark'), 'utf8')).not.toBe('');
      volume.unmount();
    }

    expect(said).toMatch(new RegExp(`^BootOrder: (....,)*${entries[0]}`, 'm'));

    // Firmware says which entry it starts: this one before any other.
    const started = await runMachine(qemu, parts, 'BdsDxe: starting');
    expect(/BdsDxe: (?:loading|starting) (.*)/.exec(started)?.[1]).toContain(
      `Boot${entries[0]} "Swarmboot: disk" from HD(1,GPT,`,
    );
  });
});
