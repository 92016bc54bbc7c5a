import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { Command } from 'commander';
import type { AgentPhase, AgentWatch, DiskFacts } from '../../engine/index.ts';
import { ConfigError } from '../../failure.ts';
import { memoryOf, serverAddressOf, tftpSourceOf } from '../agent-options.ts';
import { diskWishOf } from '../disk-option.ts';
import { openEngine } from '../engine-door.ts';
import { aborted, interruptible } from '../interruption.ts';

const LEFT_ON_DISK = 'what is on the disk stays there: the agent goes on from it when it is started again';

interface AgentOptions {
  readonly server: string;
  readonly token: string;
  readonly key: string;
  readonly tftp?: string;
  readonly disk: string;
  readonly id?: string[];
  readonly listen: string;
  readonly site: string;
  readonly memory?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `swarmboot agent`: the program on a machine that is being deployed. */
export function agentCommand(): Command {
  return new Command('agent')
    .description('Deploys this machine: writes the golden image that the server has for it onto its disk.')
    .requiredOption('--server <url>', 'the deployment server, such as http://10.0.0.1:8080')
    .requiredOption('--token <token>', 'token of the deployment, given at boot')
    .requiredOption('--key <file>', 'public key that the image has to be signed with (PEM)')
    .option(
      '--tftp <host:port>',
      'where manifest and signature of the image come from first (default: by HTTP)',
    )
    .option(
      '--disk <which>',
      'serial=..., wwn=..., path=... or only: the only fixed disk that is large enough, whatever smaller ones there are',
      'only',
    )
    .option('--id <id...>', 'MAC or UUID to register with (default: those of this machine)')
    .option('--listen <address>', 'address for other machines of the swarm', '0.0.0.0')
    .option('--site <name>', 'where this machine is: an image crosses to a site once', '')
    .option('--memory <MiB>', 'memory to count with (default: all that this machine has)')
    .option(
      '--dry-run',
      'do everything up to the first write, and nothing after it; the server keeps the machine armed',
    )
    .option('--json', 'print one JSON object on standard output when done')
    .addHelpText(
      'after',
      `
The machine must be armed on the server, by one of its MACs or its UUID; otherwise nothing is written.
What is done to the disk once it holds the image (host name, growth, scripts, boot entry) the server says, and which
client the swarm runs.
Exit codes: 0 done, 1 failed or refused, 2 a mistake in the call, 130 ended by Ctrl-C.

Examples:
  ./swarmboot agent --server http://10.0.0.1:8080 --token T --key image.pub --dry-run
  ./swarmboot agent --server http://10.0.0.1:8080 --token T --key image.pub --disk serial=S4EVNX0M`,
    )
    .action((options: AgentOptions) =>
      interruptible((interrupted) => deploy(options, interrupted), LEFT_ON_DISK),
    );
}

async function deploy(options: AgentOptions, interrupted: AbortSignal): Promise<void> {
  const disk = diskWishOf(options.disk);
  const { AgentSwarm, BEST_POLICIES, memoryFor, postDeployHooks, readMachineFacts, runAgent } =
    await openEngine();
  const facts = readMachineFacts();
  const memory = memoryFor(options.memory === undefined ? facts.memoryBytes : memoryOf(options.memory));
  const transport = await AgentSwarm.start({
    peerId: Buffer.concat([Buffer.from('-SB0001-'), randomBytes(12)]),
    host: options.listen,
    port: 0,
    link: { upBps: Number.POSITIVE_INFINITY, downBps: Number.POSITIVE_INFINITY },
    uploadSlots: 4,
    neighbours: 24,
    policies: BEST_POLICIES,
    site: options.site,
    cacheBytes: memory.pieceCacheBytes,
  });
  const times = new PhaseTimes();
  try {
    const work = async (): Promise<void> => {
      const named = disk.by === 'path' ? await namedDisk(facts.disks, disk.is) : facts.disks;
      const { outcome, steps, finish } = await runAgent(
        {
          server: { url: serverAddressOf(options.server), token: options.token },
          tftp: options.tftp === undefined ? null : tftpSourceOf(options.tftp),
          publicKey: await keyOf(options.key),
          facts: { ...facts, disks: named, ids: options.id ?? facts.ids },
          disk,
          transport,
          memory,
          ...(disk.by !== 'path' && { readDisks: () => readMachineFacts().disks }),
          isDryRun: options.dryRun === true,
        },
        times,
        interrupted,
      );
      if (options.dryRun !== true) await finish(postDeployHooks(steps), interrupted);
      const { downloadedBytes, uploadedBytes } = transport.statistics();
      const peakMemoryBytes = process.resourceUsage().maxRSS * 1024;
      const { name: client } = transport;
      const transfer = { client, downloadedBytes, uploadedBytes };
      const result = { ...outcome, ...transfer, peakMemoryBytes, phasesS: times.seconds };
      if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
      else
        process.stderr.write(
          `${options.dryRun ? 'nothing was written to' : 'deployed'} ${outcome.diskPath}\n`,
        );
    };
    // It may have come before anything was begun.
    interrupted.throwIfAborted();
    await Promise.race([work(), aborted(interrupted)]);
  } finally {
    await transport.stop();
    // What it was at, be it a scan, is left as in a power cut.
    if (interrupted.aborted) setImmediate(() => process.exit());
  }
}

/** Says what happens on standard error, and keeps how long each phase took [s]. */
class PhaseTimes implements AgentWatch {
  readonly seconds: Partial<Record<AgentPhase, number>> = {};
  #startedMs = 0;

  phaseStarted(phase: AgentPhase): void {
    this.#startedMs = performance.now();
    process.stderr.write(`${phase} ...\n`);
  }

  phaseEnded(phase: AgentPhase): void {
    this.seconds[phase] = (performance.now() - this.#startedMs) / 1000;
    process.stderr.write(`${phase} done after ${this.seconds[phase].toFixed(1)} s\n`);
  }

  // The server has it, and shows it for all machines.
  progressed(): void {}

  noted(sentence: string): void {
    process.stderr.write(`note: ${sentence}\n`);
  }
}

async function keyOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: Error) => {
    throw new ConfigError('--key', `${file} cannot be read: ${cause.message}`, { cause });
  });
}

/** A file, a loop device or a partition may be named, too: whoever names it means it. */
async function namedDisk(disks: readonly DiskFacts[], path: string): Promise<readonly DiskFacts[]> {
  if (disks.some((disk) => disk.path === path)) return disks;
  const found = await stat(path).catch(() => undefined);
  if (!found) return disks;
  // How large a device is, is seen when it is opened, still before the first write.
  const sizeBytes = found.isBlockDevice() ? Number.MAX_SAFE_INTEGER : found.size;
  const unsaid = { model: '', serial: '', wwn: '' };
  return [
    ...disks,
    { path, sizeBytes, ...unsaid, isRotational: false, isRemovable: false, isReadOnly: false },
  ];
}
