import { Command } from 'commander';
import { ConfigError } from '../../failure.ts';
import { watchDeployment } from '../deployment-watch.ts';
import { countOption } from '../list-option.ts';
import { type OperatorOptions, openServer, withOperatorOptions } from '../operator-option.ts';

/** `swarmboot deploy watch [id]` */
export function deployWatchCommand(): Command {
  return withOperatorOptions(
    new Command('watch')
      .description('Shows how far the machines of a deployment are, until it is over.')
      .argument('[id]', 'number of a deployment (default: the newest)'),
  )
    .addHelpText(
      'after',
      `
A bar for each machine on a terminal, a line for each change elsewhere. Ctrl-C stops the watching, not the deployment.
Ends with 0 when all machines are finished, and with 1 when one failed or was cancelled.

Examples:
  ./swarmboot deploy watch
  ./swarmboot deploy watch 3 && echo all done
  ./swarmboot deploy watch 3 --json`,
    )
    .action(async (id: string | undefined, options: OperatorOptions) =>
      watchDeployment(options, id === undefined ? await newest(options) : countOption('id', id)),
    );
}

async function newest(options: OperatorOptions): Promise<number> {
  const deployments = await (await openServer(options)).deployments();
  const last = deployments.at(-1);
  if (last) return last.id;
  throw new ConfigError('id', 'there is no deployment to be watched; `deploy start` makes one');
}
