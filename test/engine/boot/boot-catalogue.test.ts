import { describe, expect, it } from 'vitest';
import { type BootCatalogue, checkedCatalogue } from '../../../src/engine/boot/boot-catalogue.ts';
import { CATALOGUE } from '../dhcp/a-boot.ts';

function withLoader(bios: string): BootCatalogue {
  return { ...CATALOGUE, loaders: { bios } };
}

function withImage(changes: Partial<NonNullable<BootCatalogue['images']['bios']>>): BootCatalogue {
  return { ...CATALOGUE, images: { bios: { ...CATALOGUE.images.bios!, ...changes } } };
}

describe('a boot catalogue', () => {
  it('is taken with names in folders, and with what iPXE puts into arguments', () => {
    const catalogue = withImage({
      kernel: 'cloud/vmlinuz-6.1',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: iPXE's own
      arguments: ['BOOTIF=01-${net0/mac}', 'console=ttyS0,115200', 'a=b;c#d'],
    });
    expect(checkedCatalogue(catalogue)).toBe(catalogue);
  });

  it.each<[string, BootCatalogue]>([
    ['boot.loaders.bios', withLoader('../../etc/passwd')],
    ['boot.loaders.bios', withLoader('a/../../b')],
    ['boot.loaders.bios', withLoader('/undionly.kpxe')],
    ['boot.loaders.bios', withLoader('undionly kpxe')],
    ['boot.loaders.bios', withLoader('undionly.kpxe\0')],
    ['boot.loaders.bios', withLoader('')],
    ['boot.loaders.bios', withLoader('x'.repeat(128))],
    ['boot.images.bios.kernel', withImage({ kernel: 'vmlinuz && shell' })],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: iPXE's own
    ['boot.images.bios.initrds.1', withImage({ initrds: ['a', '${net0/ip}'] })],
    ['boot.images.bios.arguments.0', withImage({ arguments: ['quiet splash'] })],
    ['boot.images.bios.arguments.1', withImage({ arguments: ['quiet', '||'] })],
    ['boot.images.bios.arguments.1', withImage({ arguments: ['quiet', ';'] })],
    ['boot.images.bios.arguments.0', withImage({ arguments: ['#quiet', 'splash'] })],
  ])('is refused for %s', (field, catalogue) => {
    expect(() => checkedCatalogue(catalogue)).toThrow(`${field}: `);
  });
});
