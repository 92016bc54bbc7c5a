import { Command } from 'commander';
import { ConfigError } from '../../failure.ts';
import { openBench } from '../bench-door.ts';
import { countsOption } from '../list-option.ts';
import { printTable } from '../table.ts';

interface CalibrateOptions {
  readonly within: string;
  readonly machines?: string;
  readonly json?: boolean;
}

/** `swarmboot calibrate <table>` */
export function calibrateCommand(): Command {
  return new Command('calibrate')
    .description(
      'Finds what could be behind a table of measured times: which explanations fit, what is known of each unknown, and what other numbers of machines would take.',
    )
    .argument('<table>', 'scenario file with `measured:` cells, such as scenarios/table-1.yaml')
    .option('--within <percent>', 'how far a cell may be off in sets that still fit', '5')
    .option(
      '--machines <counts>',
      'numbers of machines to extrapolate to (default: those of 2,3,5,10,20,50,100 that were not measured)',
    )
    .option('--json', 'print one JSON object on standard output and nothing else')
    .addHelpText(
      'after',
      `
Examples:
  ./swarmboot calibrate scenarios/table-1.yaml
  ./swarmboot calibrate scenarios/table-1.yaml --within 2 --machines 2,40
  ./swarmboot calibrate my-class-room.yaml --json > fits.json`,
    )
    .action(calibrate);
}

async function calibrate(file: string, { within, machines, json }: CalibrateOptions): Promise<void> {
  const bench = await openBench();
  const run = await bench.calibrateScenario({
    file,
    tolerance: percentOption('--within', within),
    ...(machines !== undefined && { machines: countsOption('--machines', machines) }),
  });
  if (json) {
    process.stdout.write(`${JSON.stringify(run)}\n`);
    return;
  }
  process.stdout.write(`${run.title}\n`);
  for (const { heading, table } of bench.calibrationTables(run)) {
    process.stdout.write(`\n${heading}\n`);
    printTable(table);
  }
  process.stdout.write(`\n${bench.calibrationNotes(run).join('\n')}\n`);
}

function percentOption(option: string, text: string): number {
  const percent = Number(text.replace(/\s*%$/, ''));
  if (text.trim() !== '' && percent >= 0 && percent <= 50) return percent / 100;
  throw new ConfigError(option, `found \`${text}\`; allowed is a percentage from 0 to 50`);
}
