import type { BootCatalogue } from '../../../src/engine/boot/boot-catalogue.ts';
import type { RegisteredMachine } from '../../../src/engine/boot/boot-plan.ts';
import type { BootSettings } from '../../../src/engine/dhcp/boot-decision.ts';

const IMAGE = { kernel: 'vmlinuz', initrds: ['initrd.img'], arguments: ['quiet'] };

export const CATALOGUE: BootCatalogue = {
  loaders: { bios: 'undionly.kpxe', 'uefi-x64': 'snponly.efi' },
  images: { bios: IMAGE, 'uefi-x64': IMAGE },
};

export const ARMED_MAC = '52:54:00:78:00:01';
export const UNARMED_MAC = '52:54:00:78:00:02';

const MACHINES: Readonly<Record<string, RegisteredMachine>> = {
  [ARMED_MAC]: { name: 'm001', isArmed: true, arguments: ['swarmboot.token=abc'] },
  [UNARMED_MAC]: { name: 'm002', isArmed: false, arguments: [] },
};

/** Two machines are known, the first of them is armed. */
export function bootSettings(changes: Partial<BootSettings> = {}): BootSettings {
  return {
    mode: 'proxy',
    registry: { machine: (mac) => MACHINES[mac] },
    catalogue: CATALOGUE,
    addresses: { tftpServer: '10.78.0.1', httpUrl: 'http://10.78.0.1:8080' },
    ...changes,
  };
}
