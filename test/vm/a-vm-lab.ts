import { execFileSync } from 'node:child_process';
import { copyFile, mkdtemp, open, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inject, onTestFinished, type TestContext } from 'vitest';
import { type Firmware, VirtualMachine } from '../../src/bench/executors/vm/virtual-machine.ts';
import type { Target } from '../../src/engine/deployment/deployment.ts';
import type { ServedImageFigures } from '../../src/engine/deployment/served-images.ts';
import { installedTool, skipOrFail } from '../bench/executors/local/installed-tool.ts';
import { aNetwork, type RunningProgram, startOn, type TestNetwork } from '../engine/dhcp/a-network.ts';
import { ROOT } from '../integration/swarmboot-process.ts';

const IP = 'ip';
const PORT = 8080;
const MIB = 2 ** 20;
const FULL_DHCP = {
  mode: 'full',
  subnets: [{ network: '10.79.0.0/24', range: { first: '10.79.0.60', last: '10.79.0.99' } }],
};

/** Hosts beside the machines; `foreign` is not ours. */
const HOSTS = { server: '10.79.0.1', foreign: '10.79.0.2', second: '10.79.0.3' };
type Host = keyof typeof HOSTS;

/** What a lab is to be like. */
export interface VmLabWishes {
  /** `proxy`: dnsmasq gives the addresses; `full`: our server does. */
  readonly dhcp: 'proxy' | 'full';
  /** Limit of the server's upload [bytes per second]. */
  readonly upload?: number;
}

/** A virtual machine and what belongs to it. */
export interface LabMachine {
  readonly machine: VirtualMachine;
  readonly mac: string;
  readonly disk: string;
}

/** Our server, a neighbour that is not ours, and virtual machines on one switch; all gone when the test is over. */
export class VmLab {
  readonly #network: TestNetwork;
  readonly #folder: string;
  readonly #golden = inject('golden');
  readonly #wishes: VmLabWishes;
  #server: RunningProgram | undefined;
  #machines = 0;

  private constructor(network: TestNetwork, folder: string, wishes: VmLabWishes) {
    this.#network = network;
    this.#folder = folder;
    this.#wishes = wishes;
  }

  /** With the neighbour and our server running. */
  static async start(context: TestContext, wishes: VmLabWishes): Promise<VmLab> {
    const { missing } = inject('golden');
    if (missing !== null) skipOrFail(context, missing);
    const cable = (address: string) => [{ bridge: 'lan', address: `${address}/24` }];
    const network = await aNetwork(context, {
      server: cable(HOSTS.server),
      foreign: cable(HOSTS.foreign),
      second: cable(HOSTS.second),
    });
    const folder = await mkdtemp(join(tmpdir(), 'swarmboot-vm-state-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const lab = new VmLab(network, folder, wishes);
    await lab.#startNeighbour(context);
    await lab.startServer();
    return lab;
  }

  /**
   * dnsmasq tells machines that there is an IPv6 router, as iPXE waits 16 s for one each time; beside our proxy it gives
   * addresses, too.
   */
  async #startNeighbour(context: TestContext): Promise<void> {
    const program = installedTool(context, 'dnsmasq', 'dnsmasq-base');
    const [ip, ...words] = this.#network.on('foreign');
    execFileSync(ip!, [...words, 'ip', 'address', 'add', 'fd79::2/64', 'dev', 'eth0', 'nodad']);
    const addresses = ['--dhcp-range=10.79.0.60,10.79.0.99,1h', '--dhcp-authoritative', '--no-ping'];
    const running = startOn(this.#network, 'foreign', [
      ...[program, '--keep-in-foreground', '--log-facility=-', '--conf-file=/dev/null', '--port=0'],
      ...['--user=root', '--interface=eth0', '--dhcp-leasefile=/dev/null', '--pid-file='],
      ...['--enable-ra', '--ra-param=eth0,4', '--dhcp-range=fd79::,ra-only'],
      ...(this.#wishes.dhcp === 'proxy' ? addresses : []),
    ]);
    await until(() => running.output().includes('router advertisement on'), running.output);
  }

  async startServer(): Promise<void> {
    const dhcp = this.#wishes.dhcp === 'full' ? FULL_DHCP : { mode: 'proxy' };
    const server = await this.serve('server', { dhcp });
    this.#server = server;
    await until(() => server.output().includes('serving on'), server.output, server.ended);
  }

  /** Starts a server with its own state on a host. @param settings beyond those that all have here */
  async serve(host: Host, settings: object): Promise<RunningProgram> {
    const image = { arguments: ['quiet', 'console=ttyS0'] };
    const { upload } = this.#wishes;
    const configFile = join(this.#folder, `${host}.yaml`);
    const common = {
      ...{ state: this.#stateOf(host), store: this.#golden.folder, interface: 'eth0' },
      boot: { folder: join(this.#golden.folder, 'boot'), images: { bios: image, 'uefi-x64': image } },
      ...(upload === undefined ? {} : { upload }),
    };
    // JSON is YAML.
    await writeFile(configFile, JSON.stringify({ ...common, ...settings }));
    return startOn(this.#network, host, [join(ROOT, 'swarmboot'), 'serve', '--config', configFile]);
  }

  /** As kill -9 does; without the server nobody learns anything. */
  async killServer(): Promise<void> {
    this.#server!.kill('SIGKILL');
    await this.#server!.ended;
  }

  /** What the server has printed since it was started. */
  get serverOutput(): string {
    return this.#server!.output();
  }

  /** A machine with a disk as large as the golden one: blank, or with what somebody works with. */
  async machine(firmware: Firmware, content: 'blank' | 'inUse' = 'blank'): Promise<LabMachine> {
    const number = ++this.#machines;
    const tap = `tap${number}`;
    const mac = `52:54:00:79:00:0${number}`;
    const disk = join(this.#folder, `disk${number}.img`);
    if (content === 'blank') await writeFile(disk, '');
    else await copyFile(this.#golden.disk, disk);
    await truncate(disk, (await stat(this.#golden.disk)).size);
    if (content === 'inUse') await leaveTrace(disk);
    for (const command of [`tuntap add dev ${tap} mode tap`, `link set ${tap} master lan up`])
      execFileSync(IP, ['-n', this.#network.switches, ...command.split(' ')]);
    const launcher = ['nsenter', `--net=/run/netns/${this.#network.switches}`];
    const machine = new VirtualMachine({ firmware, mac, diskFile: disk, tap, launcher });
    onTestFinished(() => machine.powerOff());
    return { machine, mac, disk };
  }

  /** Arms machines for the golden image: they begin when all of them are there. */
  async deploy(machines: readonly LabMachine[]): Promise<void> {
    const macs = machines.map(({ mac }) => mac);
    await this.ask('/deployments', { image: 'golden', machines: macs, waitFor: macs.length });
  }

  /** Machines of the first deployment. */
  async targets(): Promise<readonly Target[]> {
    return ((await this.ask('/deployments/1')) as { machines: Target[] }).machines;
  }

  /** Resolves when every machine of the first deployment has this share of the image. */
  async hasDownloaded(share: number): Promise<void> {
    for (;;) {
      const targets = await this.targets();
      if (targets.every((target) => target.phase === 'download' && target.share! >= share)) return;
      await shortly();
    }
  }

  /** What the server sends of the golden image until something has happened [images]; it tells as long as it serves it. */
  async copiesSentUntil(happened: Promise<unknown>): Promise<number> {
    const { wireBytes } = await this.goldenSizes();
    let hasHappened = false;
    const watched = happened.finally(() => {
      hasHappened = true;
    });
    let sentBytes = 0;
    while (!hasHappened) {
      const { served } = (await this.ask('/status')) as { served: readonly ServedImageFigures[] };
      for (const { uploadedBytes } of served) sentBytes = uploadedBytes;
      await Promise.race([watched, sleep(1_000)]);
    }
    await watched;
    return sentBytes / wireBytes;
  }

  /** Runs `./swarmboot` on the server's host, for the server that runs there. */
  swarmboot(args: readonly string[]): RunningProgram {
    const state = ['--state', this.#stateOf('server')];
    return startOn(this.#network, 'server', [join(ROOT, 'swarmboot'), ...args, ...state]);
  }

  /** Of the golden image: what is sent, what it puts on a disk, and the whole disk [bytes]. */
  async goldenSizes(): Promise<{
    readonly wireBytes: number;
    readonly rawBytes: number;
    readonly diskBytes: number;
  }> {
    const shown = ['image', 'show', 'golden', '--store', this.#golden.folder, '--json'];
    const { manifest } = JSON.parse(execFileSync(join(ROOT, 'swarmboot'), shown).toString());
    const { bytes: wireBytes, rawBytes } = manifest.payload;
    return { wireBytes, rawBytes, diskBytes: (await stat(this.#golden.disk)).size };
  }

  /** Asks the operator's API. */
  async ask(path: string, body?: object): Promise<unknown> {
    const access = await readFile(join(this.#stateOf('server'), 'operator-access.json'), 'utf8');
    const [program, ...args] = [
      ...this.#network.on('server'),
      ...['curl', '--silent', '--header', `authorization: Bearer ${JSON.parse(access).token}`],
      ...(body ? ['--data', JSON.stringify(body)] : []),
      `http://127.0.0.1:${PORT}/api/v1${path}`,
    ];
    return JSON.parse(execFileSync(program!, args).toString());
  }

  /** Whether a disk is the golden one, byte by byte. */
  async isGolden(disk: string): Promise<boolean> {
    const [golden, found] = await Promise.all([readFile(this.#golden.disk), readFile(disk)]);
    return golden.equals(found);
  }

  #stateOf(host: Host): string {
    return join(this.#folder, host);
  }
}

/** Something that is in no golden image, where nothing is that a start needs. */
export async function leaveTrace(disk: string): Promise<void> {
  const file = await open(disk, 'r+');
  await file.write('somebody works with this disk', 200 * MIB);
  await file.close();
}

async function until(
  isSo: () => boolean,
  output: () => string,
  ended: Promise<unknown> = new Promise(() => {}),
): Promise<void> {
  let hasEnded = false;
  ended.then(() => {
    hasEnded = true;
  });
  while (!isSo()) {
    if (hasEnded) throw new Error(`it ended: ${output()}`);
    await shortly();
  }
}

function shortly(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 50));
}
