import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { aDiskFile } from '../engine/agent/a-deployment.ts';
import type { AGoldenImage } from '../engine/agent/a-golden-image.ts';
import { aFolder } from '../engine/an-image.ts';
import type { ADeploymentServer } from './a-deployment-server.ts';

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts');

/** Store of an image: `<store>/images/<name>/<version>`. */
export function storeOf({ folder }: AGoldenImage): string {
  return dirname(dirname(dirname(folder)));
}

export function macOf(number: number): string {
  return `52:54:00:00:00:0${number}`;
}

export interface Booted {
  readonly agent: ChildProcess;
  readonly diskFile: string;
  /** What it says on standard output. */
  readonly said: Promise<string>;
  readonly errors: Promise<string>;
}

/**
 * What a machine does after it was told to deploy: its agent in the place of the boot image.
 * @param program default: the command line
 */
export async function boot(
  server: ADeploymentServer,
  golden: AGoldenImage,
  mac: string,
  more: readonly string[] = [],
  program = MAIN,
): Promise<Booted> {
  const words = await server.bootArguments(mac);
  const key = join(await aFolder(), 'signing.pub.pem');
  await writeFile(key, golden.keys.publicKey);
  const { path: diskFile } = await aDiskFile(golden.disk.length);
  const told = ['server', 'token', 'tftp'].flatMap((name) => [`--${name}`, words.get(name)!]);
  const own = ['--key', key, '--disk', `path=${diskFile}`, '--id', mac, '--listen', '127.0.0.1'];
  const agent = spawn(process.execPath, [program, 'agent', ...told, ...own, ...more], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => {
    agent.kill('SIGKILL');
  });
  return { agent, diskFile, said: text(agent.stdout!), errors: text(agent.stderr!) };
}

export async function ended({ agent, errors }: Booted): Promise<string> {
  const [code] = agent.exitCode === null ? await once(agent, 'exit') : [agent.exitCode];
  return `exit code ${code}: ${code === 0 ? '' : await errors}`;
}
