import { Command } from 'commander';
import { withHardwareOptions } from '../hardware-option.ts';
import { executorOptions, runScenario, type ScenarioRunOptions } from '../scenario-run.ts';

/** `swarmboot run <scenario>` */
export function runCommand(): Command {
  const command = new Command('run')
    .description(
      'Runs a scenario by formula, by simulation and with real bytes, and writes records and a report.',
    )
    .argument('<scenario>', 'scenario file, such as scenarios/table-1.yaml')
    .option(
      '--on <executors>',
      'who answers: theory, fluid, sim, local, netns, vm, hardware (default: what the scenario names)',
    )
    .option('--machines <counts>', 'machine counts instead of the scenario’s, such as 1,8')
    .option('--transports <names>', 'only these of the scenario’s transports, such as p2p,unicast')
    .option(
      '--variants <names>',
      'only these of the scenario’s variants; `plain` is the scenario without any',
    )
    .option('--seeds <count>', 'this many random seeds, 1 to N, instead of the scenario’s')
    .option('--probe <file>', 'sim: what the lab takes beside bytes, as `swarmboot probe` measured it')
    .option(
      '--resume',
      'go on after an interruption: runs whose records are in the folder are not made again',
    );
  return withHardwareOptions(executorOptions(command))
    .addHelpText(
      'after',
      `
Examples:
  ./swarmboot run scenarios/table-1.yaml --on theory,sim --json
  ./swarmboot run scenarios/first-lab.yaml --on local --machines 1,4 --transports p2p
  ./swarmboot run scenarios/lab-main.yaml --resume
  ./swarmboot run scenarios/lab-faults.yaml --variants plain,server-killed --transports p2p
  ./swarmboot run scenarios/first-lab.yaml --on local --image disk.img --out /tmp/my-report
  ./swarmboot run scenarios/class-room.yaml --on hardware,sim --room tag:room7 --golden win11 \\
      --disk path=/dev/nvme0n1 --power 'ipmitool -H $NAME-bmc -U admin -f pw chassis power cycle'`,
    )
    .action((file: string, options: ScenarioRunOptions) => runScenario(file, options));
}
