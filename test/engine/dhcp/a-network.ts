import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished, type TestContext } from 'vitest';
import { LabChild } from '../../../src/bench/executors/local/lab-child-process.ts';
import type { KeeperCommand, KeeperReport } from '../../../src/bench/executors/netns/keeper-messages.ts';
import { batch } from '../../../src/bench/executors/netns/set-up-step.ts';
import { ipNetns, needsNetns } from '../../bench/executors/netns/a-netns-lab.ts';

const KEEPER = new URL('../../../src/bench/executors/netns/netns-keeper-process.ts', import.meta.url);

/** A cable from a host to a switch; `eth0`, `eth1` and so on in the host. */
export interface Cable {
  readonly bridge: string;
  /** With its prefix, such as `10.78.0.1/24`; a host without one waits for DHCP. */
  readonly address?: string;
  readonly mac?: string;
}

/** Hosts and switches in namespaces of their own, which are gone with the test. */
export interface TestNetwork {
  /** Program and arguments that start something on a host. */
  on(host: string): readonly string[];
  /** Where the switches are. */
  readonly switches: string;
}

let networks = 0;

/** @param hosts cables of each */
export async function aNetwork(
  context: TestContext,
  hosts: Readonly<Record<string, readonly Cable[]>>,
): Promise<TestNetwork> {
  needsNetns(context, 'unicast');
  const prefix = `swbd${process.pid}-${networks++}`;
  const switches = `${prefix}-sw`;
  const nameOf = (host: string): string => `${prefix}-${host}`;
  await keep({
    kind: 'build',
    namespaces: [switches, ...Object.keys(hosts).map(nameOf)],
    steps: [
      batch(
        ['ip'],
        [switches, ...Object.keys(hosts).map(nameOf)].map((name) => `netns add ${name}`),
      ),
      batch(['ip', '-n', switches], bridgesOf(hosts)),
      ...Object.entries(hosts).flatMap(([host, cables]) => [
        batch(
          ['ip'],
          cables.map((cable, index) => plugged(cable, index, { host, switches, inside: nameOf(host) })),
        ),
        batch(
          ['ip', '-n', switches],
          cables.map(({ bridge }, index) => `link set ${host}${index} master ${bridge} up`),
        ),
        batch(['ip', '-n', nameOf(host)], ['link set lo up', ...cables.flatMap(awake)]),
      ]),
    ],
  });
  // Node does not see an interface before the kernel says that its cable is plugged in.
  for (const [host, cables] of Object.entries(hosts)) {
    while (
      ipNetns('exec', nameOf(host), 'ip', '-brief', 'link', 'show', 'up').stdout.match(/ UP /g)?.length !==
      cables.length
    ) {
      await sleep(50);
    }
  }
  return { switches, on: (host) => ['nsenter', `--net=/run/netns/${nameOf(host)}`] };
}

async function keep(command: KeeperCommand): Promise<void> {
  const reports: ((report: KeeperReport) => void)[] = [];
  const keeper = new LabChild<KeeperCommand, KeeperReport>(KEEPER, [], (report) => reports.shift()?.(report));
  const asked = (next: KeeperCommand): Promise<KeeperReport> => {
    const { promise, resolve } = Promise.withResolvers<KeeperReport>();
    reports.push(resolve);
    keeper.send(next);
    return promise;
  };
  onTestFinished(async () => {
    await asked({ kind: 'remove' });
    await keeper.terminate();
  });
  const report = await asked(command);
  if (report.kind === 'failed') throw new Error(report.failure.sentence);
}

function bridgesOf(hosts: Readonly<Record<string, readonly Cable[]>>): string[] {
  const names = new Set(Object.values(hosts).flatMap((cables) => cables.map(({ bridge }) => bridge)));
  return [...names].flatMap((name) => [`link add name ${name} type bridge`, `link set ${name} up`]);
}

interface Plug {
  readonly host: string;
  readonly switches: string;
  readonly inside: string;
}

function plugged({ mac }: Cable, index: number, { host, switches, inside }: Plug): string {
  const end = `peer name eth${index} netns ${inside}`;
  return `link add ${host}${index} netns ${switches} type veth ${end}${mac === undefined ? '' : ` address ${mac}`}`;
}

function awake({ address }: Cable, index: number): string[] {
  const up = `link set eth${index} up`;
  return address === undefined ? [up] : [`address add ${address} brd + dev eth${index}`, up];
}

/** A program on a host, with what it has printed so far; it is gone with the test. */
export interface RunningProgram {
  readonly output: () => string;
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;
  readonly kill: (signal?: NodeJS.Signals) => void;
}

export function startOn(network: TestNetwork, host: string, command: readonly string[]): RunningProgram {
  const [program, ...args] = [...network.on(host), ...command];
  const child = spawn(program!, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (output += part));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { output: () => output, ended, kill: (signal) => child.kill(signal) };
}
