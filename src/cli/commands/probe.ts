import { Command } from 'commander';
import type { Probe } from '../../bench/index.ts';
import { RunFailure } from '../../failure.ts';
import { openBench } from '../bench-door.ts';
import { interruptible } from '../interruption.ts';
import { countOption } from '../list-option.ts';
import { progressOn } from '../progress/progress-on.ts';
import { printTable } from '../table.ts';

interface ProbeOptions {
  readonly out: string;
  readonly repeats: string;
  readonly json?: boolean;
}

/** `swarmboot probe <scenario>` */
export function probeCommand(): Command {
  return new Command('probe')
    .description(
      'Measures what the netns lab of this computer takes beside the bytes on its links, for the simulator: one machine alone, and a few for their processor time, with parts of the image, by every transport that has a model.',
    )
    .argument('<scenario>', 'scenario file whose lab is meant, such as scenarios/lab-main.yaml')
    .option('--out <file>', 'where the result goes', 'probe.json')
    .option('--repeats <count>', 'runs by each transport; medians count', '3')
    .option('--json', 'print one JSON object on standard output and nothing else')
    .addHelpText(
      'after',
      `
Needs root, and what the netns lab needs (tools/system-packages.sh). Let nothing else run meanwhile.

Examples:
  ./swarmboot probe scenarios/lab-main.yaml
  ./swarmboot run scenarios/lab-main.yaml --on netns,sim --probe probe.json`,
    )
    .action(probe);
}

async function probe(file: string, { out, repeats, json = false }: ProbeOptions): Promise<void> {
  const bench = await openBench();
  await bench.assertProbeFile(out);
  const lab = await bench.executorNamed('netns', { lab: {}, hardware: () => Promise.reject() });
  const progress = progressOn(process.stderr, bench);
  const request = { file, lab, repeats: countOption('--repeats', repeats) };
  const found = await interruptible(
    (signal) =>
      bench
        .probeLab(request, {
          signal,
          machineProgressed: (machine, phase, share) => progress.machineProgressed(machine, phase, share),
          personAsked: (sentence) => progress.personAsked?.(sentence),
          runStarted: (assignment, index, all) => progress.runStarted(assignment, index, all),
          runLeftOut: (assignment, place) => progress.runLeftOut(assignment, place),
          runEnded: (assignment, record) => progress.runEnded(assignment, record),
        })
        .finally(() => progress.close()),
    'nothing was written',
  );
  // The result comes first: what could not be written may be kept by hand.
  if (json) process.stdout.write(`${JSON.stringify({ out, ...found })}\n`);
  else printTable(bench.probeTable(found));
  await bench.writeProbe(out, found).catch((error: unknown) => {
    if (!json) process.stdout.write(`\n${JSON.stringify(found)}\n`);
    throw error;
  });
  if (!json) process.stdout.write(`\nProbe: ${out}\n`);
  throwIfLeftOut(found);
}

function throwIfLeftOut({ leftOut = {} }: Probe): void {
  const lines = Object.entries(leftOut).map(([transport, reason]) => `  ${transport}: ${reason}`);
  if (lines.length === 0) return;
  throw new RunFailure(
    'NOT_PROBED',
    `not every transport could be measured, and the probe lacks:\n${lines.join('\n')}`,
  );
}
