import { loadavg } from 'node:os';
import { Command } from 'commander';
import type { TftpResult } from '../../bench/index.ts';
import { RunFailure } from '../../failure.ts';
import { type Bench, openBench } from '../bench-door.ts';
import { interruptible } from '../interruption.ts';
import { countOption, namesOption } from '../list-option.ts';
import { printTable } from '../table.ts';

interface BenchTftpOptions {
  readonly only?: string;
  readonly servers?: string;
  readonly rounds: string;
  readonly mib: string;
  readonly json?: boolean;
}

const MIB = 2 ** 20;

/** `swarmboot bench:tftp` */
export function benchTftpCommand(): Command {
  return new Command('bench:tftp')
    .description(
      'Holds our TFTP server beside tftpd-hpa (root) and the npm package tftp, over loopback, in some minutes.',
    )
    .option('--only <cases>', 'only these cases, such as window-1,window-4; a wrong name lists them')
    .option('--servers <names>', 'only these servers, such as swarmboot,tftpd-hpa')
    .option('--rounds <count>', 'how often every server serves every case', '5')
    .option('--mib <count>', 'size of the file in MiB', '64')
    .option('--json', 'print one JSON object on standard output and nothing else')
    .addHelpText(
      'after',
      `
The file is fetched by atftp; the servers take turns. tftpd-hpa knows no windows and answers block by block.

Examples:
  npm run bench:tftp                                       # everything, five rounds
  npm run bench:tftp -- --only window-1 --rounds 11
  npm run bench:tftp -- --servers swarmboot,tftpd-hpa --json > tftp.json`,
    )
    .action(async (options: BenchTftpOptions) => benchTftp(await openBench(), options));
}

async function benchTftp(bench: Bench, options: BenchTftpOptions): Promise<void> {
  const cases = chosen(
    '--only',
    options.only,
    bench.TFTP_CASES.map(({ name }) => name),
  );
  const loadBefore = loadavg()[0]!;
  const bound = {
    servers: chosen('--servers', options.servers, bench.TFTP_SERVERS),
    cases: bench.TFTP_CASES.filter(({ name }) => cases.includes(name)),
    rounds: countOption('--rounds', options.rounds),
    fileBytes: countOption('--mib', options.mib) * MIB,
  };
  const leftOut: { server: string; reason: string }[] = [];
  const results = await interruptible((signal) =>
    bench.runTftpBench(bound, {
      signal,
      leftOut(server, reason) {
        leftOut.push({ server, reason });
        process.stderr.write(`left out: ${server}: ${reason}\n`);
      },
      attempted({ server, case: { name }, round, run }) {
        const figure = run === null ? 'failed' : `${(run.bytesPerS / 1e6).toFixed(1)} MB/s`;
        process.stderr.write(`round ${round + 1} of ${bound.rounds}, ${name}, ${server}: ${figure}\n`);
      },
    }),
  );
  const setup = {
    host: bench.readHost(),
    node: process.version,
    fileBytes: bound.fileBytes,
    rounds: bound.rounds,
    loadBefore,
    loadAfter: loadavg()[0]!,
  };
  if (options.json) process.stdout.write(`${JSON.stringify({ setup, leftOut, results })}\n`);
  else tellTable(bench, results, setup);
  throwIfOursFailed(results);
}

function chosen<Name extends string>(
  option: string,
  text: string | undefined,
  allowed: readonly Name[],
): readonly Name[] {
  return text === undefined ? allowed : namesOption(option, text, allowed);
}

interface Setup {
  readonly host: ReturnType<Bench['readHost']>;
  readonly node: string;
  readonly fileBytes: number;
  readonly loadBefore: number;
  readonly loadAfter: number;
}

function tellTable(bench: Bench, results: readonly TftpResult[], setup: Setup): void {
  const { cpu, cores, memoryMiB, platform } = setup.host;
  printTable(bench.tftpTable(results));
  process.stdout.write(
    `\nMedians; a file of ${setup.fileBytes / MIB} MiB over loopback, fetched by atftp.\n` +
      `Computer: ${cpu}, ${cores} cores, ${memoryMiB} MiB, ${platform}; Node ${setup.node}; ` +
      `load ${setup.loadBefore.toFixed(2)} before, ${setup.loadAfter.toFixed(2)} after\n`,
  );
}

/** That others fail is a result; that ours does is none. */
function throwIfOursFailed(results: readonly TftpResult[]): void {
  const failed = results.filter(({ server, failures }) => server === 'swarmboot' && failures > 0);
  if (failed.length === 0) return;
  const cases = failed.map(({ case: name, failures }) => `${name} (${failures})`);
  throw new RunFailure('TFTP_BENCH', `our server failed to serve the file: ${cases.join(', ')}`);
}
