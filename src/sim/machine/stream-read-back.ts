import type { DeploymentModel } from '../deployment-model.ts';
import type { Place } from '../network/place.ts';
import { FLUSHED_BYTES, FLUSHED_S, type ReadBack } from './read-back.ts';

interface Stream {
  readonly beganS: number;
  readonly foundBytes: number;
}

/**
 * The read-back of an image that comes as one stream, straight to the disk, of which nothing else is read: worked out when
 * all has come, as if it had come at its mean rate. To cut each stream into what is flushed at a time would make a
 * thousand of them, which share a link, slow to simulate.
 */
export class StreamReadBack implements ReadBack {
  readonly #model: DeploymentModel;
  readonly #place: Place;
  /** Of machines that are downloading. */
  readonly #streams = new Map<number, Stream>();

  constructor(model: DeploymentModel, place: Place) {
    this.#model = model;
    this.#place = place;
  }

  begin(machine: number, foundBytes: number): void {
    this.#streams.set(machine, { beganS: this.#place.simulation.now, foundBytes });
  }

  written(): void {}

  /** What is on the disk grows in steps, at each flush; the disk is never ahead of that, and at its rate behind it. */
  end(machine: number): number {
    const stream = this.#streams.get(machine);
    if (!stream) return 0;
    this.#streams.delete(machine);
    const { simulation, network, topology } = this.#place;
    const { wireBytes, rawBytes } = this.#model;
    const { beganS, foundBytes } = stream;
    const tookS = simulation.now - beganS;
    const bps = (wireBytes - foundBytes) / tookS;
    const everyS = Math.min(FLUSHED_S, (FLUSHED_BYTES * wireBytes) / rawBytes / bps);
    // The last one comes when all is there.
    const flushes = Math.ceil(tookS / everyS) - 1;
    if (!(flushes >= 1)) return 0;
    const readBps = network.narrowest(topology.readPath(machine));
    const flushedBytes = (flush: number): number => (flush === 0 ? 0 : foundBytes + flush * everyS * bps);
    /** If the disk had nothing to do before this flush, and has been at work since. */
    const readSince = (flush: number): number => flushedBytes(flush - 1) + readBps * (tookS - flush * everyS);
    const since = [1, Math.min(2, flushes), flushes].map(readSince);
    return Math.min(flushedBytes(flushes), ...since);
  }
}
