import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile } from 'node:fs/promises';
import { onTestFinished } from 'vitest';

const OVMF = '/usr/share/OVMF';

/** What a machine is to be like. */
export interface MachineWishes {
  /** Of BIOS by the iPXE in the network card; of UEFI by its own PXE or HTTP boot. */
  readonly firmware: 'bios' | 'uefi-pxe' | 'uefi-http';
  readonly mac: string;
  readonly diskFile: string;
  /** Interface of the namespace in which it is powered on. */
  readonly tap: string;
  /** Program and arguments that start something in that namespace. */
  readonly launcher: readonly string[];
}

/** Firmware that waits a minute for IPv6, or for the other kind of boot, is told to leave it. */
const ONLY: Readonly<Record<MachineWishes['firmware'], readonly string[]>> = {
  bios: [],
  'uefi-pxe': [...['-fw_cfg', 'name=opt/org.tianocore/IPv6PXESupport,string=no']],
  'uefi-http': [
    ...['-fw_cfg', 'name=opt/org.tianocore/IPv6PXESupport,string=no'],
    ...['-fw_cfg', 'name=opt/org.tianocore/IPv4PXESupport,string=no'],
  ],
};

/** A computer with firmware, one disk and one network card, emulated; it boots from the network first. */
export class VirtualMachine {
  readonly #wishes: MachineWishes;
  #process: ChildProcess | undefined;
  /** What has come over its serial line since it was made. */
  output = '';
  #heard = Promise.withResolvers<void>();

  constructor(wishes: MachineWishes) {
    this.#wishes = wishes;
    onTestFinished(() => this.powerOff());
  }

  async powerOn(): Promise<void> {
    const { firmware, mac, diskFile, tap, launcher } = this.#wishes;
    const [program, ...args] = [
      ...launcher,
      ...['qemu-system-x86_64', '-accel', 'tcg', '-smp', '1', '-m', firmware === 'bios' ? '768' : '1024'],
      ...['-display', 'none', '-monitor', 'none', '-serial', 'stdio'],
      ...(firmware === 'bios' ? [] : await this.#flash()),
      ...ONLY[firmware],
      ...['-netdev', `tap,id=net,ifname=${tap},script=no,downscript=no`],
      ...[
        '-device',
        `virtio-net-pci,netdev=net,mac=${mac},bootindex=1${firmware === 'bios' ? '' : ',romfile='}`,
      ],
      ...['-drive', `id=disk,if=none,file=${diskFile},format=raw,cache=unsafe`],
      ...['-device', 'virtio-blk-pci,drive=disk,bootindex=2', '-device', 'virtio-rng-pci'],
    ];
    const child = spawn(program!, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = child;
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
        this.#heard.resolve();
        this.#heard = Promise.withResolvers();
      });
    child.once('close', () => this.#heard.resolve());
  }

  /** Pulls the plug. */
  async powerOff(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await closed;
  }

  /** Resolves when it has said this; rejects with all that it said where it went off before. */
  async says(sentence: string): Promise<void> {
    while (!this.output.includes(sentence)) {
      if (this.#process?.exitCode !== null) throw new Error(`the machine went off:\n${this.output}`);
      await this.#heard.promise;
    }
  }

  /** Resolves when it has powered itself off. */
  async wentOff(): Promise<void> {
    const child = this.#process!;
    if (child.exitCode === null) await once(child, 'close');
  }

  /** Firmware of UEFI with variables of its own, which outlive a power cut. */
  async #flash(): Promise<string[]> {
    const variables = `${this.#wishes.diskFile}.vars`;
    await copyFile(`${OVMF}/OVMF_VARS.fd`, variables).catch(() => {});
    return [
      ...['-drive', `if=pflash,format=raw,unit=0,readonly=on,file=${OVMF}/OVMF_CODE.fd`],
      ...['-drive', `if=pflash,format=raw,unit=1,file=${variables}`],
    ];
  }
}
