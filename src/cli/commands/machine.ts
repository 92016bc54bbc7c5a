import { Command } from 'commander';
import { machineAddCommand } from './machine-add.ts';
import { machineForgetCommand } from './machine-forget.ts';
import { machineListCommand } from './machine-list.ts';
import { machineTagCommand } from './machine-tag.ts';

/** `swarmboot machine`: the machines that a server knows. */
export function machineCommand(): Command {
  return new Command('machine')
    .description('The machines that a deployment server knows: their names and tags.')
    .addCommand(machineListCommand())
    .addCommand(machineAddCommand())
    .addCommand(machineTagCommand())
    .addCommand(machineForgetCommand());
}
