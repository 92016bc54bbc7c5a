import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { monotonicMs } from '../local/lab-messages.ts';

const OVMF = '/usr/share/OVMF';

/** Of BIOS by the iPXE in the network card; of UEFI by its own PXE or HTTP boot. */
export type Firmware = 'bios' | 'uefi-pxe' | 'uefi-http';

/** What a machine is to be like. */
export interface MachineWishes {
  readonly firmware: Firmware;
  readonly mac: string;
  /** A raw disk; variables of UEFI are kept beside it. */
  readonly diskFile: string;
  /** Interface of the namespace in which it is powered on. */
  readonly tap: string;
  /** Program and arguments that start something in that namespace. */
  readonly launcher: readonly string[];
  /** Hears each line of its serial console, and when [ms] by the host's monotonic clock. */
  readonly heard?: (line: string, atMs: number) => void;
}

/** Firmware that waits a minute for IPv6, or for the other kind of boot, is told to leave it. */
const ONLY: Readonly<Record<Firmware, readonly string[]>> = {
  bios: [],
  'uefi-pxe': ['-fw_cfg', 'name=opt/org.tianocore/IPv6PXESupport,string=no'],
  'uefi-http': [
    ...['-fw_cfg', 'name=opt/org.tianocore/IPv6PXESupport,string=no'],
    ...['-fw_cfg', 'name=opt/org.tianocore/IPv4PXESupport,string=no'],
  ],
};
/** What the boot image needs unpacked; 256 MiB less is too little [MiB]. */
const MEMORY_MIB: Readonly<Record<Firmware, number>> = { bios: 768, 'uefi-pxe': 1024, 'uefi-http': 1024 };

/** A computer with firmware, one disk and one network card, emulated by QEMU; it boots from the network first. */
export class VirtualMachine {
  readonly #wishes: MachineWishes;
  readonly #kill = () => this.#process?.kill('SIGKILL');
  #process: ChildProcess | undefined;
  #hasEnded: Promise<void> = Promise.resolve();
  #line = '';
  /** What has come over its serial line since it was made. */
  output = '';
  #heard = Promise.withResolvers<void>();

  constructor(wishes: MachineWishes) {
    this.#wishes = wishes;
  }

  get isOn(): boolean {
    return this.#process !== undefined;
  }

  /** Presses the button. What it was connected to has to be there. */
  async powerOn(): Promise<void> {
    const [program, ...args] = [...this.#wishes.launcher, ...(await commandOf(this.#wishes))];
    const child = spawn(program!, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = child;
    process.once('exit', this.#kill);
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => this.#hear(text));
    this.#hasEnded = new Promise((resolve) => {
      child.once('close', () => {
        process.off('exit', this.#kill);
        this.#process = undefined;
        this.#wake();
        resolve();
      });
      child.once('error', (error) => this.#hear(`${error.message}\n`));
    });
  }

  /** Pulls the plug. */
  async powerOff(): Promise<void> {
    this.#kill();
    await this.#hasEnded;
  }

  /** Resolves when it has said this, after so many characters; rejects with all that it said where it went off before. */
  async says(sentence: string, after = 0): Promise<void> {
    while (!this.output.includes(sentence, after)) {
      if (!this.isOn) throw new Error(`the machine went off:\n${this.output}`);
      await this.#heard.promise;
    }
  }

  /** Resolves when it is off: it does that by itself. */
  wentOff(): Promise<void> {
    return this.#hasEnded;
  }

  #hear(text: string): void {
    this.output += text;
    const lines = (this.#line + text).split('\n');
    this.#line = lines.pop()!;
    const atMs = monotonicMs();
    for (const line of lines) this.#wishes.heard?.(line.trimEnd(), atMs);
    this.#wake();
  }

  #wake(): void {
    this.#heard.resolve();
    this.#heard = Promise.withResolvers();
  }
}

async function commandOf({ firmware, mac, diskFile, tap }: MachineWishes): Promise<string[]> {
  // OVMF boots by its own driver where the card brings none; the iPXE of BIOS is in the card.
  const rom = firmware === 'bios' ? '' : ',romfile=';
  return [
    ...['qemu-system-x86_64', '-accel', 'tcg', '-smp', '1', '-m', String(MEMORY_MIB[firmware])],
    ...['-display', 'none', '-monitor', 'none', '-serial', 'stdio'],
    ...(firmware === 'bios' ? [] : await flashOf(diskFile)),
    ...ONLY[firmware],
    ...['-netdev', `tap,id=net,ifname=${tap},script=no,downscript=no`],
    ...['-device', `virtio-net-pci,netdev=net,mac=${mac},bootindex=1${rom}`],
    ...['-drive', `id=disk,if=none,file=${diskFile},format=raw,cache=unsafe`],
    ...['-device', 'virtio-blk-pci,drive=disk,bootindex=2', '-device', 'virtio-rng-pci'],
  ];
}

/** Firmware of UEFI with variables of the machine's own, which outlive a power cut. */
async function flashOf(diskFile: string): Promise<string[]> {
  const variables = `${diskFile}.vars`;
  await copyFile(`${OVMF}/OVMF_VARS.fd`, variables, constants.COPYFILE_EXCL).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    },
  );
  return [
    ...['-drive', `if=pflash,format=raw,unit=0,readonly=on,file=${OVMF}/OVMF_CODE.fd`],
    ...['-drive', `if=pflash,format=raw,unit=1,file=${variables}`],
  ];
}
