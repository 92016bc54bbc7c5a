import { describe, expect, it } from 'vitest';
import { type BootDecision, type BootSettings, decideBoot } from '../../../src/engine/dhcp/boot-decision.ts';
import { OPTION } from '../../../src/engine/dhcp/option-code.ts';
import { textOption, textValue } from '../../../src/engine/dhcp/option-values.ts';
import { ARMED_MAC, bootSettings, CATALOGUE, UNARMED_MAC } from './a-boot.ts';
import { type APacket, aPacket, ipxeOptions, pxeOptions } from './a-packet.ts';

const HTTP = 'http://10.78.0.1:8080';

function decided(packet: APacket, settings: Partial<BootSettings> = {}): BootDecision {
  return decideBoot(aPacket(packet), bootSettings(settings));
}

/** What is to be loaded, or the reason why nothing is. */
function outcome(packet: APacket, settings: Partial<BootSettings> = {}): string {
  const decision = decided(packet, settings);
  return decision.kind === 'offer' ? decision.bootFile : decision.reason;
}

function optionsOf(packet: APacket, settings: Partial<BootSettings> = {}) {
  const decision = decided(packet, settings);
  if (decision.kind !== 'offer') throw new Error(decision.reason);
  return decision.options;
}

describe('firmware', () => {
  it.each([
    [0, 'undionly.kpxe'],
    [7, 'snponly.efi'],
    [9, 'snponly.efi'],
  ])('of architecture type %i loads %s', (type, file) => {
    expect(outcome({ options: pxeOptions(type) })).toBe(file);
  });

  it('that calls itself ia32 gets the file for ia32, or for want of one that for x64: firmware for x64 does so, too', () => {
    const options = pxeOptions(6);
    expect(outcome({ options })).toBe('snponly.efi');
    const loaders = { ...CATALOGUE.loaders, 'uefi-ia32': 'ipxe32.efi' };
    expect(outcome({ options }, { catalogue: { ...CATALOGUE, loaders } })).toBe('ipxe32.efi');
  });

  it('of arm is booted where the catalogue has a file for it, and only there', () => {
    const loaders = { 'uefi-arm64': 'arm64/snponly.efi' };
    expect(outcome({ options: pxeOptions(11) })).toBe('noBootFile');
    expect(outcome({ options: pxeOptions(11) }, { catalogue: { ...CATALOGUE, loaders } })).toBe(
      'arm64/snponly.efi',
    );
    expect(outcome({ options: pxeOptions(19, 'HTTPClient') }, { catalogue: { ...CATALOGUE, loaders } })).toBe(
      `${HTTP}/boot/arm64/snponly.efi`,
    );
  });

  it('that boots by HTTP gets a whole URL, and is told that it is for HTTP clients', () => {
    const packet = { options: pxeOptions(16, 'HTTPClient') };
    expect(outcome(packet)).toBe(`${HTTP}/boot/snponly.efi`);
    for (const mode of ['proxy', 'full'] as const) {
      const options = optionsOf(packet, { mode });
      expect(textOption(options, OPTION.vendorClass)).toBe('HTTPClient');
      expect(textOption(options, OPTION.bootFileName)).toBe(`${HTTP}/boot/snponly.efi`);
      expect(options.has(OPTION.vendorOptions)).toBe(false);
    }
  });

  it('that sends no list of architectures is known by its vendor class', () => {
    const options = pxeOptions(7).filter(([code]) => code !== OPTION.clientArchitecture);
    expect(outcome({ options })).toBe('snponly.efi');
  });

  it('that names several architectures gets a file for the first that is known', () => {
    const options = [...pxeOptions(7), [OPTION.clientArchitecture, Uint8Array.of(0, 99, 0, 0)] as const];
    expect(outcome({ options })).toBe('undionly.kpxe');
  });
});

describe('iPXE', () => {
  it('gets the script of its machine, by whatever it is known', () => {
    const script = `${HTTP}/ipxe/bios/52-54-00-78-00-01`;
    const mac = ARMED_MAC;
    expect(outcome({ mac, options: ipxeOptions(0) })).toBe(script);
    const http = Uint8Array.of(17, 1, 1, 19, 1, 1);
    expect(outcome({ mac, options: [...pxeOptions(0), [OPTION.ipxe, http]] })).toBe(script);
    expect(outcome({ mac, options: [...pxeOptions(0), [OPTION.userClass, textValue('iPXE')]] })).toBe(script);
    expect(outcome({ mac, options: [...pxeOptions(0), [OPTION.userClass, textValue('\x04iPXE')]] })).toBe(
      script,
    );
  });

  it('is never told to load iPXE', () => {
    for (const type of [0, 6, 7, 9, 10, 11]) {
      expect(outcome({ options: ipxeOptions(type) })).toMatch(/^http:.*\/ipxe\//);
    }
  });

  it.each<[string, string, Uint8Array]>([
    ['that has no HTTP', 'iPXE', Uint8Array.of(177, 5, 19, 26, 244, 16, 0, 23, 1, 1, 17, 1, 1)],
    ['that says nothing whole of what it has', 'iPXE', Uint8Array.of(177)],
    ['from before it was called so', 'gPXE', Uint8Array.of(23, 1, 1, 19, 1, 1)],
  ])('%s loads ours first', (_, userClass, features) => {
    const options = [
      ...pxeOptions(0),
      [OPTION.userClass, textValue(userClass)] as const,
      [OPTION.ipxe, features] as const,
    ];
    expect(outcome({ options })).toBe('undionly.kpxe');
  });

  it('on UEFI gets a script for UEFI', () => {
    expect(outcome({ options: ipxeOptions(7) })).toBe(`${HTTP}/ipxe/uefi-x64/52-54-00-78-00-09`);
  });

  it.each([
    [ARMED_MAC, 'iPXE, deployment: m001 is armed'],
    [UNARMED_MAC, 'iPXE, boot from disk: m002 is not armed'],
    ['52:54:00:00:00:00', 'iPXE, boot from disk: the machine is not known'],
  ])('of %s: %s', (mac, why) => {
    expect(decided({ mac, options: ipxeOptions(0) }).why).toBe(why);
  });

  it('starts from the disk where the machine is armed and there is no boot image for it', () => {
    const { why } = decided({ mac: ARMED_MAC, options: ipxeOptions(11) });
    expect(why).toBe('iPXE, boot from disk: m001 is armed, but there is no boot image for uefi-arm64');
  });
});

describe('an offer', () => {
  it('of a proxy says that it is one, and that its file is to be loaded without more questions', () => {
    const options = optionsOf({ options: pxeOptions(0) }, { mode: 'proxy' });
    expect(textOption(options, OPTION.vendorClass)).toBe('PXEClient');
    expect(options.get(OPTION.vendorOptions)).toEqual(Uint8Array.of(6, 1, 8, 255));
    expect(options.get(OPTION.clientUuid)).toHaveLength(17);
    expect(options.has(OPTION.bootFileName)).toBe(false);
  });

  it('with an address has the boot file as an option, too', () => {
    const options = optionsOf({ options: pxeOptions(0) }, { mode: 'full' });
    expect(textOption(options, OPTION.bootFileName)).toBe('undionly.kpxe');
    expect(options.has(OPTION.vendorClass)).toBe(false);
    expect(options.has(OPTION.vendorOptions)).toBe(false);
  });

  it('names a next server always', () => {
    expect(decided({ options: pxeOptions(0) })).toMatchObject({ nextServer: '10.78.0.1' });
    expect(decided({ options: pxeOptions(16, 'HTTPClient') })).toMatchObject({ nextServer: '10.78.0.1' });
  });

  it('has a URL that is too long for the field in an option alone', () => {
    const httpUrl = `http://${'boot.'.repeat(30)}example:8080`;
    const decision = decided(
      { options: ipxeOptions(0) },
      { addresses: { tftpServer: '10.78.0.1', httpUrl } },
    );
    if (decision.kind !== 'offer') throw new Error(decision.reason);
    expect(decision.fileField).toBe('');
    expect(textOption(decision.options, OPTION.bootFileName)).toBe(decision.bootFile);
    expect(decision.bootFile.startsWith(`${httpUrl}/ipxe/`)).toBe(true);
  });
});

describe('nobody is offered anything', () => {
  it.each<[string, APacket]>([
    ['notABootClient', {}],
    ['notABootClient', { options: [[OPTION.vendorClass, textValue('MSFT 5.0')]] }],
    ['unknownArchitecture', { options: pxeOptions(99) }],
    ['unknownArchitecture', { options: [[OPTION.vendorClass, textValue('PXEClient')]] }],
    ['noBootFile', { options: pxeOptions(10) }],
    ['noHardwareAddress', { options: pxeOptions(0), hardwareAddress: new Uint8Array() }],
    ['noHardwareAddress', { options: pxeOptions(0), hardwareType: 32 }],
  ])('%s', (reason, packet) => {
    expect(outcome(packet)).toBe(reason);
  });

  it('where boot services are off', () => {
    expect(outcome({ options: pxeOptions(0) }, { mode: 'off' })).toBe('off');
  });
});
