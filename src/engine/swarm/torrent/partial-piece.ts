/** Extra copies of a block that may be asked for when nothing else is left to ask for (BEP 3, end game). */
const EXTRA_COPIES = 2;
/** Stands for the store where a block did not come from a peer. */
export const FROM_STORE = -2;

/** A piece that is coming in: which blocks are asked for, arriving, there, and who sent them. */
export class PartialPiece {
  readonly piece: number;
  readonly blocks: number;
  /** By block: requests that are out. */
  readonly #requests: Uint8Array;
  /** By block: the peer whose bytes are in, `FROM_STORE`, or -1. */
  readonly #senders: Int32Array;
  /** By block: the peer whose bytes are coming in, or -1: of two copies only one is taken. */
  readonly #arriving: Int32Array;
  #receivedBlocks = 0;
  #freeBlocks: number;

  /** @param isHeld whether the store has a block: it need not be fetched */
  constructor(piece: number, blocks: number, isHeld: (block: number) => boolean) {
    this.piece = piece;
    this.blocks = blocks;
    this.#requests = new Uint8Array(blocks);
    this.#senders = new Int32Array(blocks).fill(-1);
    this.#arriving = new Int32Array(blocks).fill(-1);
    for (let block = 0; block < blocks; block++) {
      if (!isHeld(block)) continue;
      this.#senders[block] = FROM_STORE;
      this.#receivedBlocks++;
    }
    this.#freeBlocks = blocks - this.#receivedBlocks;
  }

  /** Blocks that are neither there nor asked for. */
  get freeBlocks(): number {
    return this.#freeBlocks;
  }

  /** Whether blocks are missing and none of them is asked for. */
  get isIdle(): boolean {
    return this.#freeBlocks > 0 && this.#freeBlocks + this.#receivedBlocks === this.blocks;
  }

  get isComplete(): boolean {
    return this.#receivedBlocks === this.blocks;
  }

  hasBlock(block: number): boolean {
    return this.#senders[block] !== -1;
  }

  /** Requests that are out for a block that is not there. */
  requestsFor(block: number): number {
    return this.#requests[block]!;
  }

  /** Whether a block may be asked for; what is coming in already is not asked of another. @param isLate end game */
  isOpen(block: number, isLate: boolean): boolean {
    if (this.hasBlock(block) || this.isArriving(block)) return false;
    return this.#requests[block]! <= (isLate ? EXTRA_COPIES : 0);
  }

  /** Whether some block may be asked for once more in the end game. */
  hasLateBlock(): boolean {
    for (let block = 0; block < this.blocks; block++) if (this.isOpen(block, true)) return true;
    return false;
  }

  requested(block: number): void {
    if (this.#requests[block]! === 0 && !this.hasBlock(block)) this.#freeBlocks--;
    this.#requests[block]!++;
  }

  /** The first bytes of a block come in. @returns whether they are wanted: not there, not coming from another */
  arrives(block: number, peer: number): boolean {
    const sender = this.#arriving[block]!;
    if (this.hasBlock(block) || (sender !== -1 && sender !== peer)) return false;
    this.#arriving[block] = peer;
    return true;
  }

  isArriving(block: number): boolean {
    return this.#arriving[block] !== -1 && !this.hasBlock(block);
  }

  /** Whether the bytes of this peer are the ones that are taken. */
  isArrivingFrom(block: number, peer: number): boolean {
    return this.#arriving[block] === peer && !this.hasBlock(block);
  }

  /** A request that will not be answered any more. @returns whether the block has become free */
  released(block: number, peer: number): boolean {
    if (this.#arriving[block] === peer && !this.hasBlock(block)) this.#arriving[block] = -1;
    this.#requests[block]!--;
    if (this.#requests[block]! > 0 || this.hasBlock(block)) return false;
    this.#freeBlocks++;
    return true;
  }

  /** The block is there; a request for it was out. */
  received(block: number, peer: number): void {
    this.#requests[block]!--;
    this.#senders[block] = peer;
    this.#receivedBlocks++;
  }

  /** Who sent it, by block: a peer or `FROM_STORE`. */
  senders(): number[] {
    return [...this.#senders];
  }
}
