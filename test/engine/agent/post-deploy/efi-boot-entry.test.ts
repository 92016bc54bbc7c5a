import { describe, expect, it } from 'vitest';
import { orderWith, parseEfiBootList } from '../../../../src/engine/agent/post-deploy/efi-boot-list.ts';
import { chooseLoader } from '../../../../src/engine/agent/post-deploy/efi-loader.ts';

/** As efibootmgr 17 wrote it on OVMF. */
const LISTED = `BootCurrent: 0003
Timeout: 3 seconds
BootOrder: 0003,0000,0001,0004
Boot0000* UiApp\tFvVol(7cb8bdc9-f8eb-4f34-aaea-3ee4af6516a1)/FvFile(462caa21-7614-4503-836e-8ab6f4662331)
Boot0001* Swarmboot: disk\tHD(1,GPT,5e1a8c6f-6f2c-4c9a-9d41-0d9a4cbd2b6e,0x800,0x4000)/File(\\EFI\\debian\\shimx64.efi)
Boot0003* UEFI PXEv4 (MAC:525400123456)\tPciRoot(0x0)/Pci(0x3,0x0)/MAC(525400123456,1)/IPv4(0.0.0.00.0.0.0,0,0)
Boot0004  UEFI HTTPv4 (MAC:525400123456)\tPciRoot(0x0)/Pci(0x3,0x0)/MAC(525400123456,1)
`;

describe('the boot entry of a machine', () => {
  it('is found in what efibootmgr says', () => {
    const list = parseEfiBootList(LISTED);
    expect(list).toMatchObject({ current: '0003', order: ['0003', '0000', '0001', '0004'] });
    expect(list.entries).toEqual([
      { number: '0000', label: 'UiApp' },
      { number: '0001', label: 'Swarmboot: disk' },
      { number: '0003', label: 'UEFI PXEv4 (MAC:525400123456)' },
      { number: '0004', label: 'UEFI HTTPv4 (MAC:525400123456)' },
    ]);
  });

  it('comes right behind the entry that this start came by, once', () => {
    expect(orderWith('0001', parseEfiBootList(LISTED))).toEqual(['0003', '0001', '0000', '0004']);
  });

  it('comes first where this start came by no entry of the order', () => {
    expect(orderWith('0007', { current: '0009', order: ['0001'] })).toEqual(['0007', '0001']);
    expect(orderWith('0007', { current: undefined, order: [] })).toEqual(['0007']);
  });
});

describe('the boot loader that it starts', () => {
  it.each([
    ['shim of the system before its GRUB', ['EFI/debian/grubx64.efi', 'EFI/debian/shimx64.efi'], 1],
    [
      "that of Windows before firmware's fallback",
      ['EFI/Boot/bootx64.efi', 'EFI/Microsoft/Boot/bootmgfw.efi'],
      1,
    ],
    [
      "firmware's fallback in any letters where there is nothing else",
      ['EFI/notes.txt', 'efi/BOOT/BOOTX64.EFI'],
      1,
    ],
    [
      'the system itself before shim in the fallback folder',
      ['EFI/BOOT/shimx64.efi', 'EFI/arch/grubx64.efi'],
      1,
    ],
  ])('is %s', (_, paths, place) => {
    expect(chooseLoader(paths)).toBe(paths[place]);
  });

  it('is none where the disk has none for x64', () => {
    expect(chooseLoader(['EFI/BOOT/BOOTAA64.EFI', 'loader/entries/grubx64.efi'])).toBeUndefined();
  });
});
