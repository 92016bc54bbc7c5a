import type { Neighbour } from './neighbour.ts';

/** Limits of what comes in at a time. */
export interface SourceLimits {
  /** Peers that may send to us at a time: with more, none of them is quick. */
  readonly sources: number;
  /** Blocks that may be on their way from all of them: what waits in many queues makes every answer slow. */
  readonly askedBlocks: number;
  /** The same while only one sends, and nobody else's blocks wait behind ours. */
  readonly loneBlocks: number;
}

/** Asked for one at a time, a source would idle while each request is on its way. */
const FEWEST_ASKED = 2;

/**
 * Who owes us which blocks, and how many blocks each peer may owe: its share of those that may be on their way, or as many
 * as its line takes where that is long.
 */
export class Sources {
  readonly #limits: SourceLimits;
  readonly #roomChanged: (hasRoom: boolean) => void;
  #count = 0;
  #share: number;

  /** @param roomChanged hears when there is room for one more source, and when there is none any more */
  constructor(limits: SourceLimits, roomChanged: (hasRoom: boolean) => void) {
    this.#limits = limits;
    this.#roomChanged = roomChanged;
    this.#share = limits.loneBlocks;
  }

  /** Whether some peer owes us blocks, beside seeders that deal and those that hardly give anything. */
  get areThere(): boolean {
    return this.#count > 0;
  }

  /** Whether one more peer may send to us. */
  get hasRoom(): boolean {
    return this.#count < this.#limits.sources;
  }

  /** Whether this peer owes us blocks, or did so a moment ago and may soon have more that we want. */
  isSource({ askedBlocks, isCounted }: Neighbour): boolean {
    return askedBlocks > 0 || isCounted;
  }

  /**
   * Whether this peer may send to us. A seeder that deals always may, and takes no room from others: the whole swarm
   * waits for what is fresh, and it sends to each for a moment.
   */
  isWelcome(neighbour: Neighbour): boolean {
    return this.isSource(neighbour) || this.hasRoom || neighbour.isDealer;
  }

  /** Blocks that this peer may owe us. */
  depthOf({ pipeline }: Neighbour): number {
    return Math.max(this.#share, pipeline.depth);
  }

  /** Whether so few blocks are on their way from this peer that its line would fall idle. */
  isLow(neighbour: Neighbour): boolean {
    return neighbour.askedBlocks <= this.depthOf(neighbour) >> 1;
  }

  /** A block is asked for. */
  add(neighbour: Neighbour, piece: number, block: number, nowMs: number): void {
    const blocks = neighbour.asked.get(piece);
    if (blocks) blocks.add(block);
    else neighbour.asked.set(piece, new Set([block]));
    neighbour.pipeline.requested(neighbour.askedBlocks, nowMs);
    if (++neighbour.askedBlocks === 1) this.#countIn(neighbour);
  }

  /** One that owes us blocks and hardly gives anything is no source to count with, until it does. */
  setWeak(neighbour: Neighbour, isWeak: boolean): void {
    if (neighbour.isWeak === isWeak) return;
    neighbour.isWeak = isWeak;
    if (isWeak) this.#countOut(neighbour);
    else if (neighbour.askedBlocks > 0) this.#countIn(neighbour);
  }

  /**
   * Who lets us ask keeps its place when it has given all that we want of it: it will soon have more, and to look for
   * another takes two times the delay of all that is on its way, as it does for whoever gets its slot. Where it
   * lost its place, each of 20 machines said five times as often that it wants something of somebody (netns lab, 10 Mbit/s).
   * @returns whether the block had been asked of this peer
   */
  remove(neighbour: Neighbour, piece: number, block: number): boolean {
    const blocks = neighbour.asked.get(piece);
    if (!blocks?.delete(block)) return false;
    if (blocks.size === 0) neighbour.asked.delete(piece);
    if (--neighbour.askedBlocks === 0 && !neighbour.areWeUnchoked) this.#countOut(neighbour);
    return true;
  }

  /** It is waited for no longer. @returns whether it was */
  release(neighbour: Neighbour): boolean {
    if (!neighbour.isCounted || neighbour.askedBlocks > 0) return false;
    this.#countOut(neighbour);
    return true;
  }

  /** Forgets all that a peer owes us. @returns it, by piece */
  removeAll(neighbour: Neighbour): [number, Set<number>][] {
    const owed = [...neighbour.asked];
    neighbour.asked.clear();
    neighbour.askedBlocks = 0;
    this.#countOut(neighbour);
    return owed;
  }

  #countIn(neighbour: Neighbour): void {
    if (neighbour.isDealer || neighbour.isWeak || neighbour.isCounted) return;
    neighbour.isCounted = true;
    this.#change(1);
  }

  #countOut(neighbour: Neighbour): void {
    if (!neighbour.isCounted) return;
    neighbour.isCounted = false;
    this.#change(-1);
  }

  #change(by: 1 | -1): void {
    const hadRoom = this.hasRoom;
    this.#count += by;
    const { sources, askedBlocks, loneBlocks } = this.#limits;
    const share = Math.round(askedBlocks / Math.min(sources, this.#count));
    this.#share = this.#count > 1 ? Math.max(FEWEST_ASKED, share) : loneBlocks;
    if (this.hasRoom !== hadRoom) this.#roomChanged(this.hasRoom);
  }
}
