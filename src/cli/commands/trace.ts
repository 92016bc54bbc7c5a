import { Command } from 'commander';
import { openBench } from '../bench-door.ts';
import { countOption, nameOption, randomSeedOption } from '../list-option.ts';

interface TraceOptions {
  readonly machine?: string;
  readonly machines?: string;
  readonly transport?: string;
  readonly variant?: string;
  readonly seed?: string;
  readonly out?: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

/** `swarmboot trace <scenario>` */
export function traceCommand(): Command {
  return new Command('trace')
    .description(
      'Simulates one run of a scenario and tells the story of one machine: what came when, from whom.',
    )
    .argument('<scenario>', 'scenario file, such as scenarios/first-lab.yaml')
    .option('--machine <name>', 'whose story, such as m003 (default: the machine that is done last)')
    .option('--machines <count>', 'how many machines (default: the most that the scenario names)')
    .option(
      '--transport <name>',
      'one with a model, such as p2p or unicast (default: the first of the scenario)',
    )
    .option('--variant <name>', 'variant of the scenario (default: the first)')
    .option('--seed <number>', 'random seed (default: the first of the scenario)')
    .option('--all', 'tell every piece, however many there are')
    .option('--out <file>', 'write all events of all machines here, one JSON object a line')
    .option('--json', 'print one JSON object on standard output and nothing else')
    .addHelpText(
      'after',
      `
Examples:
  ./swarmboot trace scenarios/first-lab.yaml
  ./swarmboot trace scenarios/table-1.yaml --machines 20 --machine m007
  ./swarmboot trace scenarios/swarm-churn.yaml --machine m001 --out /tmp/churn.jsonl`,
    )
    .action(trace);
}

async function trace(file: string, options: TraceOptions): Promise<void> {
  const bench = await openBench();
  const traced = await bench.traceMachine({
    file,
    isWhole: options.all === true,
    ...(options.machine !== undefined && { machine: options.machine }),
    ...(options.out !== undefined && { out: options.out }),
    ...(options.variant !== undefined && { variant: options.variant }),
    ...(options.machines !== undefined && { machines: countOption('--machines', options.machines) }),
    ...(options.seed !== undefined && { randomSeed: randomSeedOption('--seed', options.seed) }),
    ...(options.transport !== undefined && {
      transport: nameOption('--transport', options.transport, bench.MODEL_TRANSPORTS),
    }),
  });
  const { run, machine, traceDigest, result, events, story } = traced;
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ ...run, machine, traceDigest, result, events })}\n`);
    return;
  }
  const variant = run.variant === 'plain' ? '' : `, variant ${run.variant}`;
  process.stdout.write(
    `${machine} of ${run.machines} in ${run.scenario}${variant}: ${run.transport}, simulated, random seed ${run.randomSeed}\n\n` +
      `${story.join('\n')}\ntrace    ${traceDigest}\n` +
      `${options.out === undefined ? '' : `all events are in ${options.out}\n`}`,
  );
}
