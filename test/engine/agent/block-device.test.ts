import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { diskFactsOf } from '../../../src/engine/agent/block-device.ts';
import { readMachineFacts } from '../../../src/engine/agent/machine-facts-reader.ts';
import { aFolder } from '../an-image.ts';

const SATA = {
  size: '976773168\n',
  'device/model': 'Samsung SSD 860 \n',
  'device/vpd_pg80': '\0\x80\0\x10S3Z9NB0K1234\0\0',
  'device/wwid': 'naa.5002538e40a1b2c3\n',
  'queue/rotational': '0\n',
  removable: '0\n',
  ro: '0\n',
};
const NVME = {
  size: '2000409264\n',
  'device/model': 'WDC PC SN720\n',
  'device/serial': '1849A1802345\n',
  wwid: 'eui.e8238fa6bf530001001b448b46\n',
  'queue/rotational': '0\n',
  removable: '0\n',
  ro: '0\n',
};

function factsOf(
  name: string,
  files: Readonly<Record<string, string>>,
  place = '/sys/devices/pci0000:00/0000:00:17.0/block',
) {
  return diskFactsOf(name, (file) => files[file], place);
}

describe('what Linux says of a block device', () => {
  it('names a SATA disk by its page of the serial number', () => {
    expect(factsOf('sda', SATA)).toEqual({
      path: '/dev/sda',
      sizeBytes: 500_107_862_016,
      model: 'Samsung SSD 860',
      serial: 'S3Z9NB0K1234',
      wwn: 'naa.5002538e40a1b2c3',
      isRotational: false,
      isRemovable: false,
      isReadOnly: false,
    });
  });

  it('names an NVMe disk by its own files', () => {
    expect(factsOf('nvme0n1', NVME)).toMatchObject({
      serial: '1849A1802345',
      wwn: 'eui.e8238fa6bf530001001b448b46',
    });
  });

  it('tells hard disks and sticks apart', () => {
    expect(factsOf('sdb', { size: '100', 'queue/rotational': '1' })).toMatchObject({ isRotational: true });
    expect(factsOf('sdc', { size: '100', removable: '1' })).toMatchObject({ isRemovable: true });
  });

  it.each([
    ['a USB disk', 'sdb', {}, '/sys/devices/pci0000:00/0000:00:14.0/usb2/2-1/2-1:1.0/host6/block/sdb'],
    ['a card', 'mmcblk0', { 'device/type': 'SD\n' }, '/sys/devices/pci0000:00/0000:00:1c.0/mmc_host/mmc0'],
  ] as const)('knows that %s can be taken out, whatever it says of itself', (_, name, files, place) => {
    expect(factsOf(name, { ...SATA, ...files }, place)).toMatchObject({ isRemovable: true });
  });

  it('takes memory that is soldered in for fixed', () => {
    expect(factsOf('mmcblk0', { ...SATA, 'device/type': 'MMC\n' })).toMatchObject({ isRemovable: false });
  });

  it('counts an NVMe disk once that can be reached in several ways', () => {
    expect(factsOf('nvme0c0n1', { ...NVME, hidden: '1\n' })).toBeUndefined();
    expect(factsOf('nvme0n1', { ...NVME, hidden: '0\n' })).toBeDefined();
  });

  it.each(['loop0', 'ram1', 'zram0', 'dm-0', 'md127', 'sr0', 'fd0', 'nbd0'])(
    'knows that %s is no disk',
    (name) => {
      expect(factsOf(name, SATA)).toBeUndefined();
    },
  );

  it.each([{}, { size: '0\n' }, { size: 'many' }])('takes no drive without a medium: %o', (files) => {
    expect(factsOf('sda', files)).toBeUndefined();
  });

  it('knows the name of a device with a slash', () => {
    expect(factsOf('cciss!c0d0', SATA)?.path).toBe('/dev/cciss/c0d0');
  });
});

describe('the facts of a machine', () => {
  it('are read from the tree of the system, whatever is missing there', async () => {
    const root = await aFolder();
    expect(readMachineFacts(root)).toMatchObject({ firmware: 'bios', disks: [] });
    for (const [file, text] of Object.entries(SATA)) {
      const path = join(root, 'sys/block/sda', file);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text, 'latin1');
    }
    await mkdir(join(root, 'sys/block/loop0'), { recursive: true });
    const usb = join(root, 'sys/devices/pci0000:00/usb1/1-2/block/sdb');
    await mkdir(usb, { recursive: true });
    await writeFile(join(usb, 'size'), SATA.size);
    await symlink(usb, join(root, 'sys/block/sdb'));
    await mkdir(join(root, 'sys/firmware/efi'), { recursive: true });
    await mkdir(join(root, 'sys/class/dmi/id'), { recursive: true });
    await writeFile(join(root, 'sys/class/dmi/id/product_uuid'), 'ABCD-1\n');
    const { firmware, ids, disks, memoryBytes } = readMachineFacts(root);
    expect(firmware).toBe('uefi');
    expect(ids).toContain('abcd-1');
    expect(disks.map(({ path, isRemovable }) => [path, isRemovable])).toEqual([
      ['/dev/sda', false],
      ['/dev/sdb', true],
    ]);
    expect(memoryBytes).toBeGreaterThan(0);
  });

  it('tell the addresses of all cards, also of those without a cable, but of none that comes and goes by USB', async () => {
    const root = await aFolder();
    const aCard = async (name: string, address: string, bus?: string) => {
      await mkdir(join(root, 'sys/class/net', name), { recursive: true });
      await writeFile(join(root, 'sys/class/net', name, 'address'), `${address}\n`);
      if (bus === undefined) return;
      const device = join(root, 'sys/devices', bus);
      await mkdir(device, { recursive: true });
      await symlink(device, join(root, 'sys/class/net', name, 'device'));
    };
    await aCard('eno1', '52:54:00:00:00:01', 'pci0000:00/0000:00:1f.6');
    await aCard('eno2', '52:54:00:00:00:0A', 'pci0000:00/0000:01:00.0');
    await aCard('dock', '52:54:00:00:00:03', 'pci0000:00/usb2/2-1/2-1:1.0');
    await aCard('docker0', '02:42:00:00:00:01');
    await aCard(
      'ib0',
      '80:00:02:08:fe:80:00:00:00:00:00:00:00:02:c9:03:00:00:00:01',
      'pci0000:00/0000:02:00.0',
    );
    const { ids } = readMachineFacts(root);
    expect(ids).toEqual(expect.arrayContaining(['52:54:00:00:00:01', '52:54:00:00:00:0a']));
    for (const other of ['52:54:00:00:00:03', '02:42:00:00:00:01']) expect(ids).not.toContain(other);
    expect(ids.every((id) => id.length <= 17)).toBe(true);
  });
});
