import type { DeploymentModel } from '../deployment-model.ts';
import { orderedCost } from '../network/disk-links.ts';
import type { Place } from '../network/place.ts';

/** When an agent flushes its disk, looked at whenever a piece has been written: after so many raw bytes, or this time. */
const FLUSHED_BYTES = 32 * 2 ** 20;
const FLUSHED_S = 2;

/** What one machine has on its disk, flushed and read back; wire bytes. */
interface Reading {
  writtenBytes: number;
  flushedBytes: number;
  flushedAtS: number;
  readBytes: number;
  /** As many as have been read when the flow is over; no more while none is running. */
  readingToBytes: number;
  readonly flow: number;
}

/**
 * Machines that read back what has been flushed while the rest comes, beside whatever else their disks have to do, as our
 * agent does where a disk has no heads (`engine/agent/early-read-back.ts`).
 */
export class EarlyReadBack {
  readonly #place: Place;
  readonly #flushedBytes: number;
  /** What a byte from front to end costs of what the link of the disk counts. */
  readonly #cost: number;
  /** By machine. */
  readonly #flows: number[] = [];
  /** Machines that are downloading. */
  readonly #readings = new Map<number, Reading>();

  constructor(model: DeploymentModel, place: Place) {
    this.#place = place;
    this.#flushedBytes = (FLUSHED_BYTES * model.wireBytes) / model.rawBytes;
    this.#cost = orderedCost(model, 'read');
  }

  /** @param foundBytes what an earlier life of the machine has left on the disk */
  begin(machine: number, foundBytes: number): void {
    // What costs nothing is not worth being done early.
    if (this.#cost === 0) return;
    const { network, simulation } = this.#place;
    this.#flows[machine] ??= network.open(this.#read, machine);
    this.#readings.set(machine, {
      ...{ writtenBytes: foundBytes, flushedBytes: 0, flushedAtS: simulation.now },
      ...{ readBytes: 0, readingToBytes: 0, flow: this.#flows[machine] },
    });
  }

  /** So much more is on the disk. */
  written(machine: number, bytes: number): void {
    const reading = this.#readings.get(machine);
    if (!reading) return;
    reading.writtenBytes += bytes;
    const { now } = this.#place.simulation;
    const isDue =
      reading.writtenBytes - reading.flushedBytes >= this.#flushedBytes ||
      now - reading.flushedAtS >= FLUSHED_S;
    if (!isDue) return;
    reading.flushedBytes = reading.writtenBytes;
    reading.flushedAtS = now;
    if (reading.readingToBytes === reading.readBytes) this.#readOn(machine, reading);
  }

  /** Nothing more comes. @returns bytes that have been read back */
  end(machine: number): number {
    const reading = this.#readings.get(machine);
    if (!reading) return 0;
    this.#readings.delete(machine);
    const { readBytes, readingToBytes, flow } = reading;
    if (readingToBytes === readBytes) return readBytes;
    return readingToBytes - this.#place.network.cancel(flow) / this.#cost;
  }

  readonly #read = (machine: number): void => {
    const reading = this.#readings.get(machine)!;
    reading.readBytes = reading.readingToBytes;
    if (reading.flushedBytes > reading.readBytes) this.#readOn(machine, reading);
  };

  #readOn(machine: number, reading: Reading): void {
    const { network, topology } = this.#place;
    reading.readingToBytes = reading.flushedBytes;
    const bytes = (reading.flushedBytes - reading.readBytes) * this.#cost;
    network.start(reading.flow, {
      path: topology.readPath(machine),
      bytes,
      capBps: Number.POSITIVE_INFINITY,
    });
  }
}
