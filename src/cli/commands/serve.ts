import { readFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import type { Finding, ServerSettings } from '../../engine/index.ts';
import { ConfigError, RunFailure } from '../../failure.ts';
import { loadQuantityParser } from '../../settings/quantity.ts';
import { parseSettingsDocument, type SettingsDocument, withPlace } from '../../settings/settings-document.ts';
import { bundleAgent } from '../agent-bundle.ts';
import { openEngine } from '../engine-door.ts';
import { aborted, Interruption, interruptible } from '../interruption.ts';
import { goOnWithoutOutput } from '../output-failure.ts';
import { oneLine } from '../progress/target-line.ts';

interface ServeOptions {
  readonly config: string;
  readonly store?: string;
  readonly check?: boolean;
  readonly json?: boolean;
}

/** Letters of one line of the log. */
const MOST_LINE = 1000;
const LEFT = 'machines that are being deployed go on when the server is started again';

/** `swarmboot serve`: the deployment server. */
export function serveCommand(): Command {
  return new Command('serve')
    .description(
      'Runs the deployment server: DHCP, TFTP, HTTP, tracker, seeder, and what agents and operators talk to.',
    )
    .option('--config <file>', 'settings of the server', 'swarmboot.yaml')
    .addOption(
      new Option(
        '--store <folder>',
        'where golden images are kept (default: as the settings say, else in their folder `state`)',
      ).env('SWARMBOOT_STORE'),
    )
    .option('--check', 'only look whether ports, interface, files, rights and clock are as they should be')
    .option('--json', 'with --check: print one JSON object on standard output and nothing else')
    .addHelpText(
      'after',
      `
The shortest file of settings is \`interface: eth0\`. Then it answers beside the DHCP server of that network, serves boot
files from /var/lib/swarmboot/boot (./swarmboot bootimage build makes them) and golden images from /var/lib/swarmboot.
Ctrl-C ends it with 130; SIGTERM is how services are stopped, and ends it with 0.
A machine is only written to after \`./swarmboot deploy start\`; all others start from their own disks.

Examples:
  ./swarmboot serve --check
  ./swarmboot serve --config /etc/swarmboot.yaml`,
    )
    .action((options: ServeOptions) =>
      options.check
        ? check(options)
        : interruptible((interrupted) => serveUntilStopped(options, interrupted), LEFT),
    );
}

async function check(options: ServeOptions): Promise<void> {
  const { preflight } = await openEngine();
  const { settings } = await settingsOf(options);
  const findings = await preflight(settings);
  const missing = findings.filter(({ state }) => state === 'missing');
  if (options.json) process.stdout.write(`${JSON.stringify({ findings })}\n`);
  else for (const finding of findings) process.stdout.write(`${lineOf(finding)}\n`);
  if (missing.length === 0) return;
  throw new RunFailure('PREFLIGHT', `the server cannot start: ${missing.map(({ what }) => what).join(', ')}`);
}

const SIGNS = { there: 'ok', lacking: 'note', missing: 'MISSING' } as const;

function lineOf({ what, state, sentence }: Finding): string {
  return `${SIGNS[state].padEnd(8)} ${what}: ${sentence}`;
}

/** SIGTERM is how a service is stopped (systemd.kill(5)): with another code than 0 an ordinary stop would be a failure. */
async function serveUntilStopped(options: ServeOptions, interrupted: AbortSignal): Promise<void> {
  try {
    await serve(options, interrupted);
  } catch (error) {
    const { reason } = interrupted;
    if (!(reason instanceof Interruption) || reason.signal !== 'SIGTERM') throw error;
    process.stdout.write(`${reason.message}\n`);
  }
}

async function serve(options: ServeOptions, interrupted: AbortSignal): Promise<void> {
  goOnWithoutOutput();
  const { DeploymentServer, serverLine } = await openEngine();
  const { settings, document } = await settingsOf(options);
  const server = await DeploymentServer.start({
    settings,
    agentFiles: bundleAgent,
    told: (event) => {
      const line = serverLine(event);
      // Names of files and sentences come from anybody in the network.
      if (line !== undefined)
        process.stdout.write(`${new Date().toISOString()} ${oneLine(line).slice(0, MOST_LINE)}\n`);
    },
  }).catch((error: unknown) => {
    throw withPlace(error, document);
  });
  const { interface: name, dhcp, http, state } = settings;
  try {
    // It may have come while the server was started.
    interrupted.throwIfAborted();
    process.stdout.write(
      `serving on ${name}: DHCP ${dhcp.mode}, HTTP port ${http.port}; operators on this computer need --state ${state}\n`,
    );
    await aborted(interrupted);
  } finally {
    await server.close();
  }
}

interface ReadSettings {
  readonly settings: ServerSettings;
  /** Where each of them stands. */
  readonly document: SettingsDocument;
}

async function settingsOf({ config, store }: ServeOptions): Promise<ReadSettings> {
  const { serverSettingsOf } = await openEngine();
  const wanted = 'settings of a server are lines such as `interface: eth0`';
  const document = parseSettingsDocument(await textOf(config), { file: config, wanted });
  const settings = await serverSettingsOf(document, loadQuantityParser);
  return { document, settings: store === undefined ? settings : { ...settings, store } };
}

async function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: Error) => {
    const remedy = 'write one with the line `interface: eth0`, or name another by --config';
    throw new ConfigError('--config', `${file} cannot be read (${cause.message}); ${remedy}`, { cause });
  });
}
