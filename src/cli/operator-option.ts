import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import type { OperatorAccess, OperatorClient } from '../engine/index.ts';
import { ConfigError } from '../failure.ts';
import { openEngine } from './engine-door.ts';

/** How an operator's command finds its server, and how it speaks. */
export interface OperatorOptions extends ServerOptions {
  readonly json?: boolean;
}

/** Which server is meant. */
export interface ServerOptions {
  readonly state: string;
  readonly server?: string;
  readonly tokenFile?: string;
}

const DEFAULT_STATE = '/var/lib/swarmboot';
/** `swarmboot serve` writes it. */
const ACCESS_FILE = 'operator-access.json';

/** Adds the options that all commands of operators have. */
export function withOperatorOptions(command: Command): Command {
  return withServerOptions(command).option(
    '--json',
    'print one JSON object on standard output and nothing else',
  );
}

/** Adds the options that name a server. */
export function withServerOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--state <folder>', "the server's folder, on the computer that it runs on").default(
        DEFAULT_STATE,
      ),
    )
    .option('--server <url>', 'a server on another computer, such as http://10.0.0.1:8080')
    .option('--token-file <file>', `with --server: its token, or a copy of its ${ACCESS_FILE}`);
}

/** A client of the server that the options name. Rejects with a ConfigError that says what to do. */
export async function openServer(options: OperatorOptions, signal?: AbortSignal): Promise<OperatorClient> {
  const { OperatorClient } = await openEngine();
  return new OperatorClient(await accessBy(options), signal);
}

/** Where the server is that the options name. Rejects with a ConfigError that says what to do. */
export async function accessBy({ state, server, tokenFile }: ServerOptions): Promise<OperatorAccess> {
  if (server === undefined && tokenFile === undefined) return accessIn(join(state, ACCESS_FILE));
  if (server === undefined) throw new ConfigError('--token-file', 'name the server by --server, too');
  if (tokenFile === undefined)
    throw new ConfigError('--server', "name a file with the server's token by --token-file, too");
  return { url: addressOf(server), token: await tokenIn(tokenFile) };
}

async function accessIn(file: string): Promise<OperatorAccess> {
  const text = await textIn('--state', file, {
    ENOENT: 'start the server (`swarmboot serve`), or name its folder by --state or its address by --server',
    EACCES: 'only its owner may: run this as the user that the server runs as, such as root',
  });
  const { url, token } = fieldsIn(text);
  if (typeof url === 'string' && typeof token === 'string' && URL.canParse(url)) return { url, token };
  throw new ConfigError('--state', `${file} is damaged; a restart of the server writes it anew`);
}

async function tokenIn(file: string): Promise<string> {
  const remedy = `copy ${ACCESS_FILE} of the server's folder there, with a mode of 600`;
  const text = await textIn('--token-file', file, { ENOENT: remedy, EACCES: 'run this as its owner' });
  const { token = text.trim() } = fieldsIn(text);
  // What a header may carry (RFC 6750, 2.1).
  if (typeof token === 'string' && /^[A-Za-z0-9._~+/-]+=*$/.test(token)) return token;
  throw new ConfigError('--token-file', `${file} has no token in it; ${remedy}`);
}

async function textIn(
  option: string,
  file: string,
  remedies: Readonly<Record<string, string>>,
): Promise<string> {
  return readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const what = cause.code === 'ENOENT' ? 'does not exist' : `cannot be read (${cause.code})`;
    const remedy = remedies[cause.code ?? ''] ?? 'name a file that can be read';
    throw new ConfigError(option, `${file} ${what}; ${remedy}`, { cause });
  });
}

function fieldsIn(text: string): { readonly url?: unknown; readonly token?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    // A bare token is no JSON.
    return {};
  }
}

function addressOf(server: string): string {
  if (/^https?:\/\//.test(server) && URL.canParse(server)) return server;
  throw new ConfigError(
    '--server',
    `found \`${server}\`; allowed is an address such as http://10.0.0.1:8080`,
  );
}
