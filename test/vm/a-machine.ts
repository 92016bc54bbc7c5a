import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** The address of this computer as a machine sees it on QEMU's own network. */
export const HOST_SEEN_FROM_MACHINE = '10.0.2.2';

export interface MachineParts {
  /** Has `vmlinuz` and `initrd.img`. */
  readonly bootFolder: string;
  readonly diskFile: string;
  readonly mac: string;
  /** For the kernel's command line. */
  readonly bootArguments: string;
}

/** Powers a machine on and waits until it restarts. @returns what came over its serial line */
export async function runMachine(
  qemu: string,
  { bootFolder, diskFile, mac, bootArguments }: MachineParts,
): Promise<string> {
  const machine = spawn(
    qemu,
    [
      ...['-accel', 'tcg', '-m', '1024', '-nographic', '-no-reboot'],
      ...['-kernel', join(bootFolder, 'vmlinuz'), '-initrd', join(bootFolder, 'initrd.img')],
      ...['-append', `console=ttyS0 quiet ${bootArguments}`],
      ...['-netdev', 'user,id=net', '-device', `virtio-net-pci,netdev=net,mac=${mac}`],
      ...['-drive', `file=${diskFile},format=raw,if=virtio,cache=unsafe`],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  onTestFinished(() => {
    machine.kill('SIGKILL');
  });
  return text(machine.stdout);
}
