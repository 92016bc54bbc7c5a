import { dirname } from 'node:path';
import type { LinkRates } from '../../../engine/index.ts';
import { RunFailure } from '../../../failure.ts';
import { endingSentence, LabChild } from '../local/lab-child-process.ts';
import type { FullDisk, LabPlace, LinkCounters } from '../local/lab-place.ts';
import { fromPortable } from '../local/portable-failure.ts';
import type { KeeperCommand, KeeperReport } from './keeper-messages.ts';
import { type LinkState, linkChangeSteps, linkStateAfter } from './link-change-steps.ts';
import { readLinkCounters } from './link-counters-reader.ts';
import type { SetUpStep } from './set-up-step.ts';
import { setUpSteps } from './set-up-steps.ts';
import { addressOf, type NetnsTopology, namespaceOf, namespacesOf } from './topology.ts';

/** Folder, file, size of the file, size of the folder, and the command. */
const ON_A_FULL_DISK = [
  'folder=$1 file=$2 size=$3 room=$4',
  'shift 4',
  'mkdir -p "$folder"',
  'mount -t tmpfs -o size="$room" tmpfs "$folder"',
  'truncate -s "$size" "$file"',
  'exec "$@"',
].join(' && ');

const UNLIMITED = { upBps: Infinity, downBps: Infinity };

/** Every host is a network namespace of this computer; the kernel limits its link. */
export class NamespacesPlace implements LabPlace {
  readonly limitations: readonly string[];
  readonly #topology: NetnsTopology;
  readonly #furtherSteps: readonly SetUpStep[];
  readonly #keeper: LabChild<KeeperCommand, KeeperReport>;
  readonly #built = Promise.withResolvers<void>();
  /** Changes that are under way, in their order. */
  readonly #changing: PromiseWithResolvers<void>[] = [];
  readonly #linkStates: Map<string, LinkState>;
  readonly #removed = Promise.withResolvers<void>();
  #isOpen = false;
  #isClosing = false;

  /** @param furtherSteps are performed when the hosts are there */
  constructor(topology: NetnsTopology, furtherSteps: readonly SetUpStep[] = []) {
    this.#topology = topology;
    this.limitations = limitationsOf(topology);
    this.#furtherSteps = furtherSteps;
    this.#linkStates = new Map(topology.hosts.map(({ name, link }) => [name, { rates: link, isOut: false }]));
    this.#keeper = new LabChild(new URL('./netns-keeper-process.ts', import.meta.url), [], (report) =>
      this.#hear(report),
    );
    this.#keeper.ended.then((ending) => {
      this.#failed(new RunFailure('NETNS', `the keeper of the namespaces ${endingSentence(ending)}`));
    });
    this.#built.promise.catch(() => {});
    this.#removed.promise.catch(() => {});
  }

  open(): Promise<void> {
    this.#isOpen = true;
    const namespaces = namespacesOf(this.#topology);
    const steps = [...setUpSteps(this.#topology), ...this.#furtherSteps];
    this.#keeper.send({ kind: 'build', namespaces, steps });
    return this.#built.promise;
  }

  addressOf(host: string): string {
    return addressOf(this.#topology, host);
  }

  /**
   * nsenter becomes the command: it keeps process id and open channels. `ip netns exec` would copy the mounts of the
   * computer as well: whatever is unmounted there during a run would stay in use until its end.
   */
  launcherOf(host: string): readonly string[] {
    return ['nsenter', `--net=/run/netns/${namespaceOf(this.#topology, host)}`];
  }

  /** The command has mounts of its own, which are gone with it: a tmpfs says ENOSPC as a full disk does. */
  launcherWithDisk(host: string, { file, bytes, roomBytes }: FullDisk): readonly string[] {
    const options = [dirname(file), file, String(bytes), String(roomBytes)];
    return [...this.launcherOf(host), 'unshare', '--mount', 'sh', '-c', ON_A_FULL_DISK, 'sh', ...options];
  }

  ownLimitOf(): typeof UNLIMITED {
    return UNLIMITED;
  }

  linkCounters(): LinkCounters {
    return readLinkCounters(this.#topology);
  }

  changeLink(host: string, link: LinkRates): Promise<void> {
    const now = this.#linkStates.get(host)!;
    const next = linkStateAfter(now, link);
    this.#linkStates.set(host, next);
    const change = Promise.withResolvers<void>();
    this.#changing.push(change);
    this.#keeper.send({ kind: 'change', steps: linkChangeSteps(this.#topology, host, { now, next }) });
    return change.promise;
  }

  async close(): Promise<void> {
    try {
      if (!this.#isOpen) return;
      this.#isClosing = true;
      this.#keeper.send({ kind: 'remove' });
      await this.#removed.promise;
    } finally {
      await this.#keeper.terminate();
    }
  }

  #hear(report: KeeperReport): void {
    switch (report.kind) {
      case 'built':
        return this.#built.resolve();
      case 'changed':
        return this.#changing.shift()?.resolve();
      case 'removed':
        return this.#removed.resolve();
      case 'failed':
        return this.#failed(fromPortable(report.failure));
    }
  }

  /** Whatever it was asked last has failed. */
  #failed(failure: Error): void {
    this.#built.reject(failure);
    for (const change of this.#changing.splice(0)) change.reject(failure);
    if (this.#isClosing || !this.#keeper.isAlive) this.#removed.reject(failure);
  }
}

function limitationsOf({ congestionControl, loss }: NetnsTopology): string[] {
  return [
    'Measured on one computer, every host in a network namespace of its own: all machines share its processor cores, memory and page cache.',
    'Links are shaped by HTB at their goodput / 0.956, so that TCP payload fills them at the rate of the scenario; acknowledgements of the other direction take up to 2 % of that.',
    `A TCP socket of any host holds 128 KiB unsent at most (tcp_notsent_lowat), whatever the program; congestion control is ${congestionControl}.`,
    'Bytes of a link are those of its interface, where TCP counts the headers of up to 64 KiB once; bytes of a WAN are counted packet by packet.',
    'Each host has a queue for each other, as Linux has one for each flow (fq_codel); at a port of the switch all packets wait in one.',
    'A cap of a connection (network.connectionCap) is one of what one host sends to another, applied by the sender; what goes to all at once has none.',
    ...(loss > 0
      ? [
          'Packets are lost by chance where they arrive at a host (nft numgen random), machines and server alike, each packet by itself; acknowledgements are packets, too.',
        ]
      : []),
    'There is no delay on the links but that of their queues, which are never full.',
  ];
}
