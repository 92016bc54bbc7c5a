const NOT_HERE = -1;

/** How many pieces a machine has received since it was powered on, and as which of them each piece came. */
interface Received {
  count: number;
  readonly place: Int32Array;
}

/** Which pieces each machine still has in memory: those that it received last. Being served again keeps none longer. */
export class RecentPieces {
  readonly #room: number;
  readonly #pieces: number;
  /** By machine. */
  readonly #received = new Map<number, Received>();

  /**
   * @param room pieces that a machine keeps in memory
   * @param pieces of the image
   */
  constructor(room: number, pieces: number) {
    this.#room = room;
    this.#pieces = pieces;
  }

  received(machine: number, piece: number): void {
    if (this.#room === 0) return;
    const known = this.#received.get(machine);
    // Where there is room for all, whoever keeps its power has in memory what it has received.
    if (!known && this.#room >= this.#pieces) return;
    const received = known ?? this.#forgotten(machine);
    received.place[piece] = received.count++;
  }

  /** The power of a machine is cut. */
  forget(machine: number): void {
    if (this.#room > 0) this.#forgotten(machine);
  }

  /** Whether a machine has a piece, which it has received, in memory. */
  has(machine: number, piece: number): boolean {
    const received = this.#received.get(machine);
    if (!received) return this.#room >= this.#pieces;
    const place = received.place[piece]!;
    return place !== NOT_HERE && received.count - place <= this.#room;
  }

  #forgotten(machine: number): Received {
    const received = { count: 0, place: new Int32Array(this.#pieces).fill(NOT_HERE) };
    this.#received.set(machine, received);
    return received;
  }
}
