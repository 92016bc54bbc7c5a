import type { FlowNetwork } from '../network/flow-network.ts';
import type { Topology } from '../network/topology.ts';

/** What waits to be written, and what of it is new; wire bytes. */
interface Dirty {
  readonly bytes: number;
  readonly newBytes: number;
}

/** The page cache of one machine; wire bytes. */
interface Cache {
  /** Bytes that wait to be written, and those that are on their way and have their room already. */
  takenBytes: number;
  /** What waits to be written, in the order in which it arrived. */
  readonly dirty: Dirty[];
  readonly flow: number;
  onFlushed: (() => void) | undefined;
}

/**
 * What arrives finds room in memory and is written behind, in the order in which it came; where there is no room it goes
 * through to the disk, beside what is still to be written. So every byte crosses the disk once, and what comes in is as
 * fast as the disk as soon as memory is full.
 */
export class WriteBehind {
  readonly #mostBytes: number;
  readonly #network: FlowNetwork;
  readonly #topology: Topology;
  readonly #onWritten: (machine: number, bytes: number) => void;
  /** By machine. */
  readonly #caches = new Map<number, Cache>();
  /** By flow whose bytes go to memory: whose memory, and how many they are. */
  readonly #arriving = new Map<number, { machine: number; bytes: number }>();

  /**
   * @param mostBytes of each machine, wire bytes; 0 for no memory at all
   * @param onWritten hears of what is new and has been written behind
   */
  constructor(
    mostBytes: number,
    { network, topology }: { readonly network: FlowNetwork; readonly topology: Topology },
    onWritten: (machine: number, bytes: number) => void,
  ) {
    this.#mostBytes = mostBytes;
    this.#network = network;
    this.#topology = topology;
    this.#onWritten = onWritten;
  }

  /** A transfer is about to start. @returns whether it has to go through to the disk */
  begin(flow: number, machine: number, bytes: number): boolean {
    if (this.#mostBytes === 0) return true;
    const cache = this.#cacheOf(machine);
    if (cache.takenBytes + bytes > this.#mostBytes) return true;
    cache.takenBytes += bytes;
    this.#arriving.set(flow, { machine, bytes });
    return false;
  }

  /**
   * The transfer is over.
   * @param newBytes what of it the machine keeps
   * @returns whether its bytes wait to be written
   */
  arrived(flow: number, newBytes: number): boolean {
    if (this.#arriving.size === 0) return false;
    const arrived = this.#arriving.get(flow);
    if (!arrived) return false;
    this.#arriving.delete(flow);
    const cache = this.#cacheOf(arrived.machine);
    cache.dirty.push({ bytes: arrived.bytes, newBytes });
    if (cache.dirty.length === 1) this.#write(arrived.machine, cache);
    return true;
  }

  /** The transfer was cut off. */
  cutOff(flow: number): void {
    const lost = this.#arriving.get(flow);
    if (!lost) return;
    this.#arriving.delete(flow);
    this.#cacheOf(lost.machine).takenBytes -= lost.bytes;
  }

  /** @param onFlushed called when nothing waits to be written any more */
  flush(machine: number, onFlushed: () => void): void {
    const cache = this.#caches.get(machine);
    if (!cache || cache.dirty.length === 0) return onFlushed();
    cache.onFlushed = onFlushed;
  }

  #cacheOf(machine: number): Cache {
    const known = this.#caches.get(machine);
    if (known) return known;
    const flow = this.#network.open(this.#written, machine);
    const cache: Cache = { takenBytes: 0, dirty: [], flow, onFlushed: undefined };
    this.#caches.set(machine, cache);
    return cache;
  }

  #write(machine: number, { flow, dirty }: Cache): void {
    const path = this.#topology.writePath(machine);
    this.#network.start(flow, { path, bytes: dirty[0]!.bytes, capBps: Number.POSITIVE_INFINITY });
  }

  readonly #written = (machine: number): void => {
    const cache = this.#cacheOf(machine);
    const { bytes, newBytes } = cache.dirty.shift()!;
    cache.takenBytes -= bytes;
    this.#onWritten(machine, newBytes);
    if (cache.dirty.length > 0) return this.#write(machine, cache);
    const { onFlushed } = cache;
    cache.onFlushed = undefined;
    onFlushed?.();
  };
}
