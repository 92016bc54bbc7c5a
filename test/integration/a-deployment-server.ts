import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { aFolder } from '../engine/an-image.ts';
import { aFreePort } from '../engine/swarm/a-swarm.ts';

const HOST = '127.0.0.1';
const MAIN = join(import.meta.dirname, '../../src/cli/main.ts');

/** A deployment server on loopback, without DHCP, as a process; gone when the test is over. */
export class ADeploymentServer {
  readonly state: string;
  readonly url: string;
  readonly #configFile: string;
  #process: ChildProcess | undefined;
  output = '';

  private constructor(state: string, url: string, configFile: string) {
    this.state = state;
    this.url = url;
    this.#configFile = configFile;
  }

  /** @param settings beyond the ports */
  static async start(settings: {
    readonly store: string;
    readonly upload?: number;
    readonly swarm?: object;
  }): Promise<ADeploymentServer> {
    const state = await aFolder();
    const [http, tftp, tracker, swarm] = await Promise.all(Array.from({ length: 4 }, () => aFreePort(HOST)));
    const configFile = join(state, 'swarmboot.yaml');
    const ports = {
      http: { port: http },
      tftp: { port: tftp },
      tracker: { port: tracker },
      swarm: { ...settings.swarm, port: swarm },
    };
    const config = { state, interface: 'lo', dhcp: { mode: 'off' }, ...settings, ...ports };
    // JSON is YAML.
    await writeFile(configFile, JSON.stringify(config));
    const server = new ADeploymentServer(state, `http://${HOST}:${http}`, configFile);
    onTestFinished(() => server.kill());
    await server.powerOn();
    return server;
  }

  /** Resolves when it serves. @param log a file for its standard output, which is not in `output` then */
  async powerOn(log: number | 'pipe' = 'pipe'): Promise<void> {
    const { resolve, promise } = Promise.withResolvers<void>();
    const child = spawn(process.execPath, [MAIN, 'serve', '--config', this.#configFile], {
      stdio: ['ignore', log, 'pipe'],
    });
    this.#process = child;
    const hear = (text: string): void => {
      this.output += text;
      if (text.includes('serving on')) resolve();
    };
    child.stdout?.setEncoding('utf8').on('data', hear);
    child.stderr!.setEncoding('utf8').on('data', hear);
    if (log !== 'pipe') this.#answers().then(resolve);
    const ended = once(child, 'exit').then(() =>
      Promise.reject(new Error(`the server ended: ${this.output}`)),
    );
    ended.catch(() => {});
    await Promise.race([promise, ended]);
  }

  async #answers(): Promise<void> {
    while (!(await fetch(this.url).catch(() => undefined)) && this.#process) await sleep(50);
  }

  /** As kill -9 does. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  /** Asks the operator's API. */
  async ask(path: string, body?: object): Promise<unknown> {
    const { token } = JSON.parse(await readFile(join(this.state, 'operator-access.json'), 'utf8'));
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${token}` },
      ...(body && { body: JSON.stringify(body) }),
    });
    return response.json();
  }

  /** What the kernel of a machine is told, by the names of the agent's options. */
  async bootArguments(mac: string): Promise<ReadonlyMap<string, string>> {
    const script = await (await fetch(`${this.url}/ipxe/bios/${mac.replaceAll(':', '-')}`)).text();
    const words = [...script.matchAll(/swarmboot\.(\w+)=(\S+)/g)];
    return new Map(words.map(([, name, value]) => [name!, value!]));
  }
}
