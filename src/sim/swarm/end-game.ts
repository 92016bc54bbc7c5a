import type { Simulation } from '../kernel/simulation.ts';
import type { SwarmState } from './swarm.ts';

/** A piece is late that has still to come for so many times as long as it would take all of what is on its way. */
const LATE = 2;
/** Time to the first look; the next ones come after twice as long each [s]. */
const FIRST_LOOK_S = 0.5;

/** A swarm, and what is on its way in it. */
interface EndGamePlace {
  readonly swarm: SwarmState;
  readonly pieceBytes: number;
  readonly simulation: Simulation;
  readonly grants: {
    /** Time until all of the piece has arrived, at the rate that it has now [s]. */
    leftS(slot: number): number;
    /** Ends it before its time, and frees the slot. */
    abort(slot: number): void;
  };
  /** A receiver wants of others what it was being sent. */
  readonly released: (receiver: number) => void;
}

/**
 * When a receiver lacks nothing but what is on its way, what would come late it wants of others that have it too. In the
 * engine both send then, block by block, and what is still to come of the later one is cancelled (BEP 3). That matters
 * where some links are slower than others.
 */
export class EndGame {
  readonly #place: EndGamePlace;
  /** By receiver: since when it is being sent pieces [s], and bytes that it has got since. */
  readonly #begunS: Float64Array;
  readonly #bytes: Float64Array;
  /** By receiver: the event of the next look, how long it was waited for [s], 0 where there is none. */
  readonly #looks: number[] = [];
  readonly #waits: Float64Array;
  /** Pairs of a receiver and who was late with a piece. */
  readonly #late = new Set<number>();

  constructor(place: EndGamePlace) {
    const peers = place.swarm.isHere.length;
    this.#place = place;
    this.#begunS = new Float64Array(peers).fill(Number.POSITIVE_INFINITY);
    this.#bytes = new Float64Array(peers);
    this.#waits = new Float64Array(peers);
  }

  /** Whether the receiver wants nothing of this uploader any more. */
  wasLate(receiver: number, uploader: number): boolean {
    return this.#late.size > 0 && this.#late.has(this.#pairOf(receiver, uploader));
  }

  arrived(receiver: number, bytes: number): void {
    this.#bytes[receiver]! += bytes;
  }

  /** The receiver is being sent one more piece. */
  claimed(receiver: number): void {
    this.#begunS[receiver] = Math.min(this.#begunS[receiver]!, this.#place.simulation.now);
    if (this.#waits[receiver] === 0 && this.#isEnding(receiver)) this.#lookAfter(receiver, FIRST_LOOK_S);
  }

  /** Somebody is gone, and may have been the only other that had a piece. */
  left(): void {
    this.#late.clear();
  }

  readonly #look = (receiver: number): void => {
    const waitedS = this.#waits[receiver]!;
    this.#waits[receiver] = 0;
    if (!this.#isEnding(receiver)) return;
    const { grants, pieceBytes, simulation } = this.#place;
    const slots = this.#slotsTo(receiver);
    const usualBps = this.#bytes[receiver]! / (simulation.now - this.#begunS[receiver]!);
    const enoughS = (LATE * slots.length * pieceBytes) / usualBps;
    const late = slots.filter((slot) => grants.leftS(slot) > enoughS);
    if (this.#giveUp(receiver, late)) this.#place.released(receiver);
    else this.#lookAfter(receiver, 2 * waitedS);
  };

  #slotsTo(receiver: number): number[] {
    const { uploads, neighbours } = this.#place.swarm;
    return [...neighbours.of(receiver)]
      .map((neighbour) => uploads.slotOf(neighbour, receiver))
      .filter((slot) => slot !== -1);
  }

  /** @returns whether there was anything that others have too */
  #giveUp(receiver: number, slots: readonly number[]): boolean {
    const { uploads } = this.#place.swarm;
    const late = slots.map((slot) => uploads.uploaderOf(slot));
    const elsewhere = slots.filter((slot) => this.#isElsewhere(receiver, uploads.pieceOf(slot), late));
    for (const slot of elsewhere) {
      this.#late.add(this.#pairOf(receiver, uploads.uploaderOf(slot)));
      this.#place.grants.abort(slot);
    }
    return elsewhere.length > 0;
  }

  #isElsewhere(receiver: number, piece: number, late: readonly number[]): boolean {
    const { neighbours, isHere, held, crossing } = this.#place.swarm;
    const has = held.row(receiver);
    const mayCome = (from: number): boolean =>
      !crossing?.isAcross(receiver, from) || crossing.isOpen(receiver, piece);
    return [...neighbours.of(receiver)].some(
      (neighbour) =>
        isHere[neighbour] === 1 &&
        !late.includes(neighbour) &&
        !this.wasLate(receiver, neighbour) &&
        mayCome(neighbour) &&
        has.moveTo(neighbour).has(piece),
    );
  }

  #isEnding(receiver: number): boolean {
    const { held, picking, pieces, isHere } = this.#place.swarm;
    return (
      isHere[receiver] === 1 && held.sizes[receiver]! < pieces && picking.taken.sizes[receiver] === pieces
    );
  }

  #lookAfter(receiver: number, waitS: number): void {
    const { simulation } = this.#place;
    this.#waits[receiver] = waitS;
    this.#looks[receiver] ??= simulation.open(this.#look, receiver);
    simulation.schedule(this.#looks[receiver]!, simulation.now + waitS);
  }

  #pairOf(receiver: number, uploader: number): number {
    return uploader * this.#bytes.length + receiver;
  }
}
