import { Command } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { agentCommand } from './commands/agent.ts';
import { benchLimitsCommand } from './commands/bench-limits.ts';
import { benchSimCommand } from './commands/bench-sim.ts';
import { benchSwarmCommand } from './commands/bench-swarm.ts';
import { benchTftpCommand } from './commands/bench-tftp.ts';
import { bootimageCommand } from './commands/bootimage.ts';
import { calibrateCommand } from './commands/calibrate.ts';
import { demoCommand } from './commands/demo.ts';
import { deployCommand } from './commands/deploy.ts';
import { imageCommand } from './commands/image.ts';
import { keysCommand } from './commands/keys.ts';
import { machineCommand } from './commands/machine.ts';
import { probeCommand } from './commands/probe.ts';
import { reportCommand } from './commands/report.ts';
import { runCommand } from './commands/run.ts';
import { scenariosCommand } from './commands/scenarios.ts';
import { schemaCommand } from './commands/schema.ts';
import { serveCommand } from './commands/serve.ts';
import { traceCommand } from './commands/trace.ts';
import { runProgram } from './exit.ts';

const program = new Command('swarmboot')
  .description(
    'Deploys one golden disk image to many machines, simulates it, and measures one against the other.',
  )
  // `deploy start --version 2` is the image's.
  .enablePositionalOptions()
  .version(`${manifest.version}, on Node.js ${process.versions.node}`, '--version', 'print the version')
  .addCommand(runCommand())
  .addCommand(reportCommand())
  .addCommand(traceCommand())
  .addCommand(calibrateCommand())
  .addCommand(probeCommand())
  .addCommand(scenariosCommand())
  .addCommand(schemaCommand())
  .addCommand(demoCommand())
  .addCommand(serveCommand())
  .addCommand(agentCommand())
  .addCommand(imageCommand())
  .addCommand(keysCommand())
  .addCommand(bootimageCommand())
  .addCommand(machineCommand())
  .addCommand(deployCommand())
  .addCommand(benchLimitsCommand())
  .addCommand(benchSimCommand())
  .addCommand(benchSwarmCommand())
  .addCommand(benchTftpCommand())
  .addHelpText(
    'after',
    `
Exit codes: 0 done, 1 failed, 2 a mistake in the call or the scenario, 130 ended by Ctrl-C.

Examples:
  ./swarmboot demo                                          the main job, in three minutes
  ./swarmboot run scenarios/table-1.yaml                    a scenario, by formula and simulation
  ./swarmboot run scenarios/first-lab.yaml --on local --machines 4 --image disk.img
  ./swarmboot report reports/table-1                        the report again, from its records
  ./swarmboot trace scenarios/first-lab.yaml                what happened to one machine, piece by piece
  ./swarmboot image capture /dev/sdb --name lab             a golden image of a disk
  ./swarmboot bootimage build --out /var/lib/swarmboot/boot what machines boot to be deployed
  ./swarmboot serve                                         the server that they boot from
  ./swarmboot machine list                                  the machines that a server knows
  ./swarmboot deploy start lab tag:room-7 --watch           a golden image to a room`,
  );

await runProgram(program);
