import type { DeploymentModel } from '../deployment-model.ts';
import type { Place } from '../network/place.ts';
import { FLUSHED_BYTES, FLUSHED_S, type ReadBack } from './read-back.ts';

/** One image that comes, as it was looked at last; wire bytes. */
interface Stream {
  readonly beganS: number;
  /** What is on the disk by now, with what was found there. */
  readonly comeBytes: () => number;
  /** The event of the next look. */
  readonly look: number;
  atS: number;
  bytes: number;
  flushedBytes: number;
  readBytes: number;
}

/** Looks are at least as far apart as flushes, and this share of the time that has gone by. */
const LOOK_SHARE = 1 / 16;

/**
 * The read-back of an image that comes as one stream, straight to a disk of which nothing else is read. It is looked at now
 * and then, and between two looks it is reckoned as if all had come at the same rate: to cut each stream into what is
 * flushed at a time would make a thousand of them, which share a link, slow to simulate.
 */
export class StreamReadBack implements ReadBack {
  readonly #place: Place;
  readonly #mostUnflushedBytes: number;
  /** Of machines whose image is coming. */
  readonly #streams = new Map<number, Stream>();

  constructor({ wireBytes, rawBytes }: DeploymentModel, place: Place) {
    this.#place = place;
    this.#mostUnflushedBytes = (FLUSHED_BYTES * wireBytes) / rawBytes;
  }

  /** @param comeBytes left out while nothing comes yet */
  begin(machine: number, foundBytes: number, comeBytes?: () => number): void {
    if (!comeBytes) return;
    const { simulation } = this.#place;
    const look = simulation.open(this.#look, machine);
    const { now } = simulation;
    this.#streams.set(machine, {
      ...{ beganS: now, comeBytes, look },
      ...{ atS: now, bytes: foundBytes, flushedBytes: 0, readBytes: 0 },
    });
    simulation.schedule(look, now + FLUSHED_S);
  }

  written(): void {}

  end(machine: number): number {
    const stream = this.#streams.get(machine);
    if (!stream) return 0;
    this.#reckon(machine, stream);
    this.#streams.delete(machine);
    this.#place.simulation.close(stream.look);
    return stream.readBytes;
  }

  readonly #look = (machine: number): void => {
    const stream = this.#streams.get(machine)!;
    this.#reckon(machine, stream);
    const { simulation } = this.#place;
    const { now } = simulation;
    simulation.schedule(stream.look, now + Math.max(FLUSHED_S, LOOK_SHARE * (now - stream.beganS)));
  };

  /** What is flushed grows in steps; the disk is never ahead of that, and at its rate behind it. */
  #reckon(machine: number, stream: Stream): void {
    const { simulation, network, topology } = this.#place;
    const { now } = simulation;
    if (now === stream.atS) return;
    const fromS = stream.atS;
    const bytes = stream.comeBytes();
    const bps = (bytes - stream.bytes) / (now - fromS);
    stream.atS = now;
    stream.bytes = bytes;
    const everyS = Math.min(FLUSHED_S, this.#mostUnflushedBytes / bps);
    const flushes = Math.ceil((now - stream.beganS) / everyS) - 1;
    if (flushes < 1) return;
    const readBps = network.narrowest(topology.readPath(machine));
    const lastS = stream.beganS + flushes * everyS;
    const firstS = Math.max(fromS, stream.beganS + everyS);
    const before = Math.max(stream.flushedBytes, bytes - bps * (now - lastS + everyS));
    stream.flushedBytes = Math.max(stream.flushedBytes, bytes - bps * (now - lastS));
    stream.readBytes = Math.min(
      stream.flushedBytes,
      // Had it been at work all the time, and had it nothing to do before the last flush.
      stream.readBytes + readBps * (now - firstS),
      before + readBps * (now - lastS),
    );
  }
}
