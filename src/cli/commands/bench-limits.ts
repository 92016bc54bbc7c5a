import { loadavg } from 'node:os';
import { Command } from 'commander';
import type { LimitFigure } from '../../bench/index.ts';
import { ConfigError, RunFailure } from '../../failure.ts';
import { type Bench, openBench } from '../bench-door.ts';
import { interruptible } from '../interruption.ts';
import { countOption, countsOption, namesOption } from '../list-option.ts';
import { printTable } from '../table.ts';

interface BenchLimitsOptions {
  readonly only?: string;
  readonly rates: string;
  readonly seconds: string;
  readonly json?: boolean;
}

const BYTES_PER_MB = 1e6;
const LEAST_SECONDS = 5;
const MOST_SECONDS = 600;
/** 10 GB/s: more than any loopback carries. */
const MOST_MB = 10_000;

/** `swarmboot bench:limits` */
export function benchLimitsCommand(): Command {
  return new Command('bench:limits')
    .description(
      'Measures how exactly our client keeps its limits, with real sockets over loopback, in some minutes.',
    )
    .option('--only <limits>', 'only these limits, such as total-up,peer-down; a wrong name lists them')
    .option('--rates <list>', 'rates to measure them at [MB/s]', '2,20')
    .option('--seconds <count>', `how long each is measured, from ${LEAST_SECONDS} up`, '6')
    .option('--json', 'print one JSON object on standard output and nothing else')
    .addHelpText(
      'after',
      `
One peer keeps the limit and sends to two others, or receives from two; payload bytes are counted where they arrive, once
they flow. By time of the day the limit is half of the rate, and all of it from a full minute on, which is waited for.
A limit that is higher than what this computer carries without any is not measured. Exit code 1 where one is off by more
than 3 %.

Examples:
  npm run bench:limits
  npm run bench:limits -- --only peer-up,peer-down --rates 10 --seconds 20
  npm run bench:limits -- --json > limits.json`,
    )
    .action(async (options: BenchLimitsOptions) => benchLimits(await openBench(), options));
}

async function benchLimits(bench: Bench, options: BenchLimitsOptions): Promise<void> {
  const asked = {
    names:
      options.only === undefined ? bench.LIMIT_NAMES : namesOption('--only', options.only, bench.LIMIT_NAMES),
    ratesBps: ratesOf(options.rates),
    seconds: secondsOf(options.seconds),
  };
  const loadBefore = loadavg()[0]!;
  const figures = await interruptible((signal) =>
    bench.measureLimits(asked, {
      signal,
      waits: (seconds) => process.stderr.write(`waiting ${Math.ceil(seconds)} s for a full minute\n`),
      measured: (figure) => process.stderr.write(`${lineOf(bench, figure)}\n`),
    }),
  );
  const setup = {
    host: bench.readHost(),
    node: process.version,
    loadBefore,
    loadAfter: loadavg()[0]!,
  };
  const judged = figures.map((figure) => ({
    ...figure,
    error: bench.errorOf(figure),
    verdict: bench.verdictOn(figure),
  }));
  if (options.json) process.stdout.write(`${JSON.stringify({ setup, figures: judged })}\n`);
  else tellTable(bench, figures, setup);
  const outside = judged.filter(({ verdict }) => verdict === 'outside');
  if (outside.length === 0) return;
  const names = outside.map(
    ({ name, part, limitBps }) => `${name} (${part}) at ${limitBps / BYTES_PER_MB} MB/s`,
  );
  throw new RunFailure('LIMITS_BENCH', `off by more than 3 %: ${names.join(', ')}`);
}

function ratesOf(text: string): number[] {
  const rates = countsOption('--rates', text);
  const wrong = rates.find((rate) => rate > MOST_MB);
  if (wrong === undefined) return rates.map((rate) => rate * BYTES_PER_MB);
  throw new ConfigError('--rates', `found \`${wrong}\`; allowed is up to ${MOST_MB} MB/s`);
}

function secondsOf(text: string): number {
  const seconds = countOption('--seconds', text);
  if (seconds >= LEAST_SECONDS && seconds <= MOST_SECONDS) return seconds;
  throw new ConfigError(
    '--seconds',
    `found \`${text}\`; allowed is a whole number from ${LEAST_SECONDS} to ${MOST_SECONDS}`,
  );
}

function lineOf(bench: Bench, figure: LimitFigure): string {
  const { name, part, limitBps, measuredBps } = figure;
  const error = 100 * bench.errorOf(figure);
  return `${name} (${part}): ${(measuredBps / BYTES_PER_MB).toFixed(2)} of ${limitBps / BYTES_PER_MB} MB/s, ${error.toFixed(2)} %`;
}

interface Setup {
  readonly host: ReturnType<Bench['readHost']>;
  readonly node: string;
  readonly loadBefore: number;
  readonly loadAfter: number;
}

function tellTable(bench: Bench, figures: readonly LimitFigure[], setup: Setup): void {
  const { cpu, cores, memoryMiB, platform } = setup.host;
  printTable(bench.limitTable(figures));
  process.stdout.write(
    `\nPayload at the receiving side, over loopback.\n` +
      `Computer: ${cpu}, ${cores} cores, ${memoryMiB} MiB, ${platform}; Node ${setup.node}; ` +
      `load ${setup.loadBefore.toFixed(2)} before, ${setup.loadAfter.toFixed(2)} after\n`,
  );
}
