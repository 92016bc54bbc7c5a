import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished, type TestContext } from 'vitest';
import type { Target } from '../../src/engine/deployment/deployment.ts';
import { installedTool } from '../bench/executors/local/installed-tool.ts';
import { aNetwork, type RunningProgram, startOn, type TestNetwork } from '../engine/dhcp/a-network.ts';
import { ROOT } from '../integration/swarmboot-process.ts';
import { aBootableDisk } from './a-bootable-disk.ts';
import { type MachineWishes, VirtualMachine } from './a-virtual-machine.ts';

const SERVER = '10.79.0.1';
const FOREIGN = '10.79.0.2';
const PORT = 8080;

/** What all tests of virtual machines have in common: a store with a golden image, and boot files. */
export interface GoldenLab {
  readonly folder: string;
  /** The golden disk. */
  readonly disk: string;
}

/** Made by the commands that a person uses; to be removed by who made it. */
export async function makeGoldenLab(): Promise<GoldenLab> {
  const folder = await mkdtemp(join(tmpdir(), 'swarmboot-vm-'));
  const boot = join(folder, 'boot');
  await told('bootimage', 'build', '--kernel', 'cloud', '--out', boot, '--store', folder);
  const disk = await aBootableDisk({ kernelFile: join(boot, 'vmlinuz'), folder });
  await told('image', 'capture', disk, '--name', 'golden', '--store', folder, '--piece-mib', '1');
  return { folder, disk };
}

export async function removeGoldenLab({ folder }: GoldenLab): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

async function told(...args: string[]): Promise<void> {
  await promisify(execFile)(join(ROOT, 'swarmboot'), args);
}

/** A server, perhaps a foreign DHCP server, and virtual machines on one switch; all gone when the test is over. */
export class VmLab {
  readonly #network: TestNetwork;
  readonly #golden: GoldenLab;
  readonly #state: string;
  readonly #configFile: string;
  #server: RunningProgram | undefined;
  #machines = 0;

  private constructor(network: TestNetwork, golden: GoldenLab, state: string) {
    this.#network = network;
    this.#golden = golden;
    this.#state = state;
    this.#configFile = join(state, 'swarmboot.yaml');
  }

  /**
   * @param dhcp settings of our server's DHCP
   * @param settings further settings of it
   */
  static async start(
    context: TestContext,
    golden: GoldenLab,
    dhcp: object,
    settings: object = {},
  ): Promise<VmLab> {
    installedTool(context, 'qemu-system-x86_64', 'qemu-system-x86');
    const network = await aNetwork(context, {
      server: [{ bridge: 'lan', address: `${SERVER}/24` }],
      foreign: [{ bridge: 'lan', address: `${FOREIGN}/24` }],
    });
    const state = await mkdtemp(join(tmpdir(), 'swarmboot-vm-state-'));
    onTestFinished(() => rm(state, { recursive: true, force: true }));
    const lab = new VmLab(network, golden, state);
    await lab.#configure({ dhcp, ...settings });
    return lab;
  }

  async #configure(rest: object): Promise<void> {
    const image = { arguments: ['quiet', 'console=ttyS0'] };
    const config = {
      ...{ state: this.#state, store: this.#golden.folder, interface: 'eth0', ...rest },
      boot: { folder: join(this.#golden.folder, 'boot'), images: { bios: image, 'uefi-x64': image } },
    };
    await writeFile(this.#configFile, JSON.stringify(config));
  }

  /** dnsmasq gives addresses to whoever asks, and tells machines that there is an IPv6 router, as they wait for one. */
  async startForeignServer(context: TestContext): Promise<void> {
    const program = installedTool(context, 'dnsmasq', 'dnsmasq-base');
    const running = startOn(this.#network, 'foreign', [
      ...[program, '--keep-in-foreground', '--log-facility=-', '--conf-file=/dev/null', '--port=0'],
      ...['--user=root', '--interface=eth0', '--no-ping', '--dhcp-range=10.79.0.60,10.79.0.99,1h'],
      ...['--dhcp-leasefile=/dev/null', '--pid-file=', '--dhcp-authoritative'],
    ]);
    while (!/sockets bound|DHCP, IP range/.test(running.output())) await shortly();
  }

  async startServer(): Promise<void> {
    const server = startOn(this.#network, 'server', [
      join(ROOT, 'swarmboot'),
      'serve',
      '--config',
      this.#configFile,
    ]);
    this.#server = server;
    let hasEnded = false;
    server.ended.then(() => {
      hasEnded = true;
    });
    while (!server.output().includes('serving on')) {
      if (hasEnded) throw new Error(`the server ended: ${server.output()}`);
      await shortly();
    }
  }

  /** As kill -9 does. */
  killServer(): void {
    this.#server!.kill('SIGKILL');
  }

  /** Machines of the first deployment. */
  async targets(): Promise<readonly Target[]> {
    return ((await this.ask('/deployments/1')) as { machines: Target[] }).machines;
  }

  /** What the server has printed since it was started. */
  get serverOutput(): string {
    return this.#server!.output();
  }

  /** A machine with a blank disk that is as large as the golden one. */
  async machine(
    firmware: MachineWishes['firmware'],
  ): Promise<{ machine: VirtualMachine; mac: string; disk: string }> {
    const number = ++this.#machines;
    const tap = `tap${number}`;
    const mac = `52:54:00:79:00:0${number}`;
    const disk = join(this.#state, `disk${number}.img`);
    await writeFile(disk, '');
    await truncate(disk, (await readFile(this.#golden.disk)).length);
    for (const command of [`tuntap add dev ${tap} mode tap`, `link set ${tap} master lan up`])
      execFileSync('ip', ['-n', this.#network.switches, ...command.split(' ')]);
    const launcher = ['ip', 'netns', 'exec', this.#network.switches];
    return { machine: new VirtualMachine({ firmware, mac, diskFile: disk, tap, launcher }), mac, disk };
  }

  /** Asks the operator's API. */
  async ask(path: string, body?: object): Promise<unknown> {
    const { token } = JSON.parse(await readFile(join(this.#state, 'operator-access.json'), 'utf8'));
    const [program, ...args] = [
      ...this.#network.on('server'),
      ...['curl', '--silent', '--header', `authorization: Bearer ${token}`],
      ...(body ? ['--data', JSON.stringify(body)] : []),
      `http://127.0.0.1:${PORT}/api/v1${path}`,
    ];
    return JSON.parse(execFileSync(program!, args).toString());
  }

  /** Chunks of the golden image that a disk does not hold; what the image leaves out does not count. */
  async differsFrom(disk: string): Promise<boolean> {
    const [golden, found] = await Promise.all([readFile(this.#golden.disk), readFile(disk)]);
    return !golden.equals(found);
  }
}

function shortly(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 50));
}
