import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { executorOptions, runScenario, type ScenarioRunOptions } from '../scenario-run.ts';

const FIRST_LAB = fileURLToPath(new URL('../../../scenarios/first-lab.yaml', import.meta.url));

/** `swarmboot demo`: the main job. */
export function demoCommand(): Command {
  const command = new Command('demo').description(
    'The main job: one scenario through theory, simulator and a lab on this computer, to a report. Under three minutes.',
  );
  command.addHelpText(
    'after',
    `
Examples:
  ./swarmboot demo
  ./swarmboot demo --out /tmp/demo --json`,
  );
  return executorOptions(command).action((options: ScenarioRunOptions) => {
    process.stderr.write(
      'One golden disk image goes to 1, 4 and 8 machines, by P2P, by unicast and in a chain: first by formula, then by\n' +
        'simulation, then with real processes and real bytes on this computer. This takes about two minutes.\n\n',
    );
    return runScenario(FIRST_LAB, options);
  });
}
