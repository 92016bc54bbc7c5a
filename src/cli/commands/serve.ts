import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { parseDocument } from 'yaml';
import { ConfigError } from '../../failure.ts';
import { openEngine } from '../engine-door.ts';
import { interruptible } from '../interruption.ts';

interface ServeOptions {
  readonly config: string;
}

const LEFT = 'machines that are being deployed go on when the server is started again';

/** `swarmboot serve`: the deployment server. */
export function serveCommand(): Command {
  return new Command('serve')
    .description(
      'Runs the deployment server: DHCP, TFTP, HTTP, tracker, seeder, and what agents and operators talk to.',
    )
    .option('--config <file>', 'settings of the server', 'swarmboot.yaml')
    .addHelpText(
      'after',
      `
The shortest file of settings is \`interface: eth0\`. Then it answers beside the DHCP server of that network, serves boot
files from /var/lib/swarmboot/boot (./swarmboot bootimage build makes them) and golden images from /var/lib/swarmboot.
A machine is only written to after \`./swarmboot deploy start\`; all others start from their own disks.

Examples:
  ./swarmboot serve
  ./swarmboot serve --config /etc/swarmboot.yaml`,
    )
    .action(({ config }: ServeOptions) => interruptible((interrupted) => serve(config, interrupted), LEFT));
}

async function serve(config: string, interrupted: AbortSignal): Promise<void> {
  const { DeploymentServer, serverLine, serverSettingsOf } = await openEngine();
  const settings = serverSettingsOf(await settingsIn(config));
  const server = await DeploymentServer.start(settings, (event) => {
    const line = serverLine(event);
    if (line !== undefined) process.stdout.write(`${new Date().toISOString()} ${line}\n`);
  });
  const { interface: name, dhcp, http, state } = settings;
  process.stdout.write(
    `serving on ${name}: DHCP ${dhcp.mode}, HTTP port ${http.port}; operators on this computer need --state ${state}\n`,
  );
  try {
    await new Promise<never>((_, reject) => {
      interrupted.addEventListener('abort', () => reject(interrupted.reason));
    });
  } finally {
    await server.close();
  }
}

/** What stands in a file of YAML. Throws a ConfigError that names the place. */
async function settingsIn(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((cause: Error) => {
    const remedy = 'write one with the line `interface: eth0`, or name another by --config';
    throw new ConfigError('--config', `${file} cannot be read (${cause.message}); ${remedy}`, { cause });
  });
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error) throw new ConfigError('', `${file}: ${error.message}`, { cause: error });
  return document.toJS() ?? {};
}
