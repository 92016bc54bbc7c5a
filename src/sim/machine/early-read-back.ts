import type { DeploymentModel } from '../deployment-model.ts';
import { orderedCost } from '../network/disk-links.ts';
import type { Place } from '../network/place.ts';
import { FLUSHED_BYTES, FLUSHED_S, type ReadBack } from './read-back.ts';

/** What one machine has on its disk, flushed and read back; wire bytes. */
interface Reading {
  writtenBytes: number;
  flushedBytes: number;
  /** Written since the last flush. */
  newBytes: number;
  flushedAtS: number;
  readBytes: number;
  /** As many as have been read when the flow is over; no more while none is running. */
  readingToBytes: number;
  readonly flow: number;
}

/** The read-back of what comes part by part, looked at whenever one has been written. */
export class EarlyReadBack implements ReadBack {
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

  begin(machine: number, foundBytes: number): void {
    // What costs nothing is not worth being done early.
    if (this.#cost === 0) return;
    const { network, simulation } = this.#place;
    this.#flows[machine] ??= network.open(this.#read, machine);
    this.#readings.set(machine, {
      ...{ writtenBytes: foundBytes, flushedBytes: 0, newBytes: 0, flushedAtS: simulation.now },
      ...{ readBytes: 0, readingToBytes: 0, flow: this.#flows[machine] },
    });
  }

  written(machine: number, bytes: number): void {
    const reading = this.#readings.get(machine);
    if (!reading) return;
    reading.writtenBytes += bytes;
    const { now } = this.#place.simulation;
    reading.newBytes += bytes;
    if (reading.newBytes < this.#flushedBytes && now - reading.flushedAtS < FLUSHED_S) return;
    reading.flushedBytes = reading.writtenBytes;
    reading.newBytes = 0;
    reading.flushedAtS = now;
    if (reading.readingToBytes === reading.readBytes) this.#readOn(machine, reading);
  }

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
