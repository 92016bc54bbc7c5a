import { describe, expect, it } from 'vitest';
import { scriptTargetOfPath, scriptUrl } from '../../../src/engine/boot/boot-address.ts';
import { bootPlanOf, type RegisteredMachine } from '../../../src/engine/boot/boot-plan.ts';
import { ipxeScript } from '../../../src/engine/boot/ipxe-script.ts';
import type { Platform } from '../../../src/engine/boot/platform.ts';
import { CATALOGUE } from '../dhcp/a-boot.ts';

const HTTP = 'http://10.78.0.1:8080';
const MAC = '52:54:00:78:00:01';

function scriptFor(machine: RegisteredMachine | undefined, platform: Platform = 'bios'): string {
  const plan = bootPlanOf(machine, platform, CATALOGUE);
  return ipxeScript({ target: { platform, mac: MAC }, plan, httpUrl: HTTP });
}

function aMachine(changes: Partial<RegisteredMachine> = {}): RegisteredMachine {
  return { name: 'm001', isArmed: true, arguments: ['swarmboot.token=abc'], ...changes };
}

describe('the iPXE script of a machine', () => {
  it('that is armed starts its boot image, and asks again for five minutes where it cannot', () => {
    const asked = `sleep 10\nchain --replace ${HTTP}/ipxe/bios/52-54-00-78-00-01 ||\n`;
    expect(scriptFor(aMachine())).toBe(`#!ipxe
echo Swarmboot: deployment: m001 is armed
imgfree
kernel ${HTTP}/boot/vmlinuz initrd=initrd0 quiet swarmboot.token=abc || goto failed
initrd --name initrd0 ${HTTP}/boot/initrd.img || goto failed
boot || goto failed
:failed
echo Swarmboot: the boot image cannot be fetched or started: asking again every 10 s for 300 s
imgfree
${asked.repeat(30)}exit
`);
  });

  it.each<[string, RegisteredMachine | undefined]>([
    ['the machine is not known', undefined],
    ['m001 is not armed', aMachine({ isArmed: false })],
  ])('starts it from its disk: %s', (why, machine) => {
    expect(scriptFor(machine)).toBe(`#!ipxe\necho Swarmboot: boot from disk: ${why}\nexit\n`);
  });

  it('ends in a failure on UEFI, because firmware tries the disk only then', () => {
    expect(scriptFor(undefined, 'uefi-x64')).toMatch(/\nexit 1\n$/);
    expect(scriptFor(aMachine(), 'uefi-x64')).toMatch(/\nexit 1\n$/);
    expect(scriptFor(aMachine(), 'uefi-arm64')).toMatch(/no boot image for uefi-arm64\nexit 1\n$/);
  });

  it('holds no command but ours, whatever people call their machines', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: iPXE's own
    const name = 'm1\nkernel http://evil/ || ${net0/ip} && shell ; shell #';
    const script = scriptFor(aMachine({ name, isArmed: false }));
    expect(script.split('\n')).toHaveLength(4);
    expect(script).not.toMatch(/[$|&;]|(?<!^)#/);
    const armed = scriptFor(aMachine({ arguments: ['a\nshell', '||', ';', '#', 'b c', 'fine=1'] }));
    expect(armed).toMatch(/initrd=initrd0 quiet fine=1 \|\| goto failed/);
    expect(armed).not.toMatch(/shell/);
  });
});

describe('the address of a script', () => {
  it('tells machine and platform, and is read back', () => {
    const target = { platform: 'uefi-x64', mac: MAC } as const;
    expect(scriptTargetOfPath(scriptUrl('', target))).toEqual(target);
  });

  it.each([
    '/ipxe/bios/52-54-00',
    '/ipxe/amiga/52-54-00-78-00-01',
    '/ipxe/bios/52-54-00-78-00-01/..',
    '/boot/vmlinuz',
  ])('is not %s', (path) => {
    expect(scriptTargetOfPath(path)).toBeUndefined();
  });
});
