/** Which pieces each machine still has in memory: those that it received last. Being served again keeps none longer. */
export class RecentPieces {
  readonly #room: number;
  readonly #pieces: number;
  /** By machine: how many it has received, and as which of them each piece came. */
  readonly #received = new Map<number, { count: number; readonly place: Int32Array }>();

  /**
   * @param room pieces that a machine keeps in memory
   * @param pieces of the image
   */
  constructor(room: number, pieces: number) {
    this.#room = room;
    this.#pieces = pieces;
  }

  received(machine: number, piece: number): void {
    if (this.#room === 0 || this.#room >= this.#pieces) return;
    const received = this.#received.get(machine) ?? { count: 0, place: new Int32Array(this.#pieces) };
    received.place[piece] = received.count++;
    this.#received.set(machine, received);
  }

  /** Whether a machine has a piece, which it has received, in memory. */
  has(machine: number, piece: number): boolean {
    if (this.#room === 0 || this.#room >= this.#pieces) return this.#room > 0;
    const received = this.#received.get(machine);
    return received !== undefined && received.count - received.place[piece]! <= this.#room;
  }
}
