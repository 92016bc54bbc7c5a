const NOBODY = -1;

/**
 * The upload slots of all peers. What goes on in one is a grant: a piece that its peer sends to another. Each peer has a
 * limit of slots that may be taken, which can be changed within its room.
 */
export class UploadSlots {
  /** How many downloads each peer has, by peer; no more than 65,535. */
  readonly downloads: Uint16Array;
  /** Slots that are taken, of all peers together. */
  running = 0;
  /** By slot. */
  readonly #uploaders: Int32Array;
  readonly #receivers: Int32Array;
  readonly #pieces: Int32Array;
  /** By peer, and one more: its first slot; and how many of its slots are taken. */
  readonly #starts: Int32Array;
  readonly #taken: Int32Array;
  readonly #limits: Int32Array;

  /**
   * @param limits slots that may be taken, by peer
   * @param rooms slots that there are, by peer
   */
  constructor(limits: readonly number[], rooms = limits) {
    this.downloads = new Uint16Array(limits.length);
    this.#taken = new Int32Array(limits.length);
    this.#limits = Int32Array.from(limits);
    this.#starts = new Int32Array(limits.length + 1);
    for (const [peer, count] of rooms.entries()) this.#starts[peer + 1] = this.#starts[peer]! + count;
    const all = this.#starts[limits.length]!;
    this.#uploaders = new Int32Array(all);
    for (const peer of limits.keys())
      this.#uploaders.fill(peer, this.#starts[peer]!, this.#starts[peer + 1]!);
    this.#receivers = new Int32Array(all).fill(NOBODY);
    this.#pieces = new Int32Array(all);
  }

  /** How many slots all peers have together. */
  get size(): number {
    return this.#uploaders.length;
  }

  /** How many slots of a peer may be taken. */
  limitOf(peer: number): number {
    return this.#limits[peer]!;
  }

  /** So many more of them may be taken from now on, or fewer; at most as many as there is room for. */
  changeLimit(peer: number, by: number): void {
    this.#limits[peer]! += by;
  }

  /** Whether one more may be allowed. */
  hasRoom(peer: number): boolean {
    return this.#limits[peer]! < this.#starts[peer + 1]! - this.#starts[peer]!;
  }

  takenOf(peer: number): number {
    return this.#taken[peer]!;
  }

  hasFree(peer: number): boolean {
    return this.#taken[peer]! < this.#limits[peer]!;
  }

  isServing(uploader: number, receiver: number): boolean {
    return this.slotOf(uploader, receiver) !== -1;
  }

  /** In which slot the uploader serves the receiver, or -1. */
  slotOf(uploader: number, receiver: number): number {
    const end = this.#starts[uploader + 1]!;
    for (let slot = this.#starts[uploader]!; slot < end; slot++)
      if (this.#receivers[slot] === receiver) return slot;
    return -1;
  }

  /** Slots of a peer that are taken. */
  *of(uploader: number): Generator<number, void> {
    for (let slot = this.#starts[uploader]!; slot < this.#starts[uploader + 1]!; slot++)
      if (this.#receivers[slot] !== NOBODY) yield slot;
  }

  uploaderOf(slot: number): number {
    return this.#uploaders[slot]!;
  }

  receiverOf(slot: number): number {
    return this.#receivers[slot]!;
  }

  pieceOf(slot: number): number {
    return this.#pieces[slot]!;
  }

  /** Takes a slot that is free; there must be one. @returns it */
  open(uploader: number, receiver: number, piece: number): number {
    const slot = this.slotOf(uploader, NOBODY);
    this.take(slot, receiver, piece);
    return slot;
  }

  isFree(slot: number): boolean {
    return this.#receivers[slot] === NOBODY;
  }

  /** Takes this slot, which is free. */
  take(slot: number, receiver: number, piece: number): void {
    this.#receivers[slot] = receiver;
    this.#pieces[slot] = piece;
    this.#taken[this.#uploaders[slot]!]!++;
    this.running++;
    this.downloads[receiver]!++;
  }

  /** The slot is free again. */
  close(slot: number): void {
    this.downloads[this.#receivers[slot]!]!--;
    this.#taken[this.#uploaders[slot]!]!--;
    this.#receivers[slot] = NOBODY;
    this.running--;
  }
}
