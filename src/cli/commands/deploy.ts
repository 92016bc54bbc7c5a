import { Command } from 'commander';
import { deployAddCommand } from './deploy-add.ts';
import { deployBeginCommand } from './deploy-begin.ts';
import { deployCancelCommand } from './deploy-cancel.ts';
import { deployRetryCommand } from './deploy-retry.ts';
import { deployStartCommand } from './deploy-start.ts';
import { deployStatusCommand } from './deploy-status.ts';
import { deployWatchCommand } from './deploy-watch.ts';

/** `swarmboot deploy`: golden images going to machines. */
export function deployCommand(): Command {
  return new Command('deploy')
    .description('Deployments: one golden image going to a set of machines.')
    .addCommand(deployStartCommand())
    .addCommand(deployAddCommand())
    .addCommand(deployBeginCommand())
    .addCommand(deployStatusCommand())
    .addCommand(deployWatchCommand())
    .addCommand(deployCancelCommand())
    .addCommand(deployRetryCommand());
}
