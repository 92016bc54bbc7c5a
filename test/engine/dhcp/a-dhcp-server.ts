import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { LabChild } from '../../../src/bench/executors/local/lab-child-process.ts';
import type { RegisteredMachine } from '../../../src/engine/boot/boot-plan.ts';
import type { DhcpEvent, PacketHeard } from '../../../src/engine/dhcp/dhcp-event.ts';
import type { DhcpServerOptions } from '../../../src/engine/dhcp/dhcp-server.ts';
import { aFolder } from '../an-image.ts';
import { CATALOGUE } from './a-boot.ts';
import type { TestNetwork } from './a-network.ts';

const ENTRY = new URL('./dhcp-server-process.ts', import.meta.url);

type Settings = Omit<DhcpServerOptions, 'registry' | 'onEvent'>;
type Machines = Readonly<Record<string, RegisteredMachine>>;

export type ServerCommand =
  | { readonly kind: 'start'; readonly settings: Settings; readonly machines: Machines }
  | { readonly kind: 'stop' };

export type ServerReport =
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly failure: { name: string; code: string; message: string } }
  | { readonly kind: 'event'; readonly event: DhcpEvent };

/** A server of ours that runs on a host of the test's network. */
export interface TestServer {
  readonly events: readonly DhcpEvent[];
  /** What it heard of a machine. */
  heard(mac: string): PacketHeard[];
  /** Ends as a server that is told to. */
  stop(): Promise<void>;
  /** Ends as in a power failure. */
  kill(): Promise<void>;
}

export interface TestServerOptions {
  readonly network: TestNetwork;
  readonly host: string;
  readonly settings?: Partial<Settings>;
  readonly machines?: Machines;
}

/** `full` on 10.78.0.0/24, from .100 to .199; rejects with what the server says where it refuses to start. */
export async function aDhcpServer({
  network,
  host,
  settings = {},
  machines = {},
}: TestServerOptions): Promise<TestServer> {
  const events: DhcpEvent[] = [];
  let answer = Promise.withResolvers<ServerReport>();
  const child = new LabChild<ServerCommand, ServerReport>(ENTRY, network.on(host), (report) => {
    if (report.kind === 'event') events.push(report.event);
    else answer.resolve(report);
  });
  child.ended.then(({ lastWords }) => answer.reject(new Error(`the server has ended: ${lastWords}`)));
  answer.promise.catch(() => {});
  onTestFinished(() => child.terminate());
  const asked = async (command: ServerCommand): Promise<void> => {
    answer = Promise.withResolvers();
    answer.promise.catch(() => {});
    child.send(command);
    const report = await answer.promise;
    if (report.kind === 'refused') throw report.failure;
  };
  const leaseFile = settings.leaseFile ?? join(await aFolder(), 'leases.jsonl');
  await asked({ kind: 'start', settings: { ...FULL, leaseFile, ...settings }, machines });
  return {
    events,
    heard: (mac) =>
      events.filter((event) => event.kind === 'packetHeard').filter((event) => event.mac === mac),
    async stop() {
      await asked({ kind: 'stop' });
      await child.terminate();
    },
    async kill() {
      child.kill();
      await child.ended;
    },
  };
}

const FULL: Omit<Settings, 'leaseFile'> = {
  mode: 'full',
  interfaceName: 'eth0',
  httpPort: 8080,
  catalogue: CATALOGUE,
  addresses: {
    subnets: [
      {
        network: '10.78.0.0/24',
        range: { first: '10.78.0.100', last: '10.78.0.199' },
        router: '10.78.0.1',
        nameServers: ['10.78.0.1'],
        leaseS: 3600,
      },
    ],
    reservations: [],
  },
  onRival: 'refuse',
  probeMs: 300,
  silenceMs: 200,
};

/** Waits for something that will be so. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(20);
}
