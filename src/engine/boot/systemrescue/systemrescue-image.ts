import { bootFileUrl } from '../boot-address.ts';
import type { BootImage } from '../boot-catalogue.ts';
import { configPath } from './systemrescue-path.ts';

/** How iPXE writes the hardware address of the card that it booted by: `52-54-00-12-34-56`. */
const BOOTED_MAC = `\${netX/mac:hexhyp}`;

/**
 * SystemRescue as boot image: its ISO, unpacked, is a folder of the boot files, and the machine's own configuration makes
 * it start the agent. It takes 2 GiB of memory beside what the agent takes (`copytoram`), since the disk is written to.
 * @param folder name of the unpacked tree among the boot files, such as `systemrescue`
 */
export function systemRescueImage({ httpUrl, folder }: { httpUrl: string; folder: string }): BootImage {
  const file = (name: string): string => `${folder}/sysresccd/boot/${name}`;
  return {
    kernel: file('x86_64/vmlinuz'),
    initrds: [file('intel_ucode.img'), file('amd_ucode.img'), file('x86_64/sysresccd.img')],
    arguments: [
      'archisobasedir=sysresccd',
      'ip=dhcp',
      `BOOTIF=01-${BOOTED_MAC}`,
      // It has to end with a slash (SystemRescue manual, "Boot options").
      `archiso_http_srv=${bootFileUrl(httpUrl, folder)}/`,
      'checksum',
      'copytoram',
      `sysrescuecfg=${httpUrl}${configPath(BOOTED_MAC)}`,
    ],
  };
}
