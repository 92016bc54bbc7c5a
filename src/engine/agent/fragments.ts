import type { Lend } from '../swarm/swarm-client.ts';
import type { DiskWriter } from './disk-writer.ts';
import { freeBytes } from './free-bytes.ts';
import type { PayloadLayout, Span } from './payload-layout.ts';

/** What has waited for longer is parked in any case: where pieces come slowly, memory would hold minutes of them. */
const LONGEST_IN_MEMORY_MS = 30_000;

/** A part of a chunk's wire form that waits for the other parts. */
interface Fragment {
  readonly span: Span;
  /** In memory: all of it, or what is left of it beyond its place on the disk. */
  bytes: Uint8Array;
  isParked: boolean;
  /** Gives the memory of the bytes back. */
  release(): void;
}

/** A chunk that is not complete. */
interface Assembly {
  /** By piece. */
  readonly fragments: Map<number, Fragment>;
  readonly pieces: number;
  /** Ends when all that is being parked is on the disk. */
  parking: Promise<void>;
  /** All parts joined. */
  wire?: Uint8Array;
}

/** A wire form that has become complete. */
export interface CompleteChunk {
  readonly wire: Uint8Array;
  /** Some of it lay on the disk in the meantime, which may have spoilt it. */
  readonly wasParked: boolean;
}

/**
 * Parts of chunks that lie in several pieces, until the last of these has come. In the worst order, every other piece
 * first, that is most of the payload. So only so much of it stays in memory; the rest is parked on the disk, at the
 * place where the chunk itself will be: it takes no other room there, and a scan finds it again after a power cut.
 */
export class Fragments {
  readonly #layout: PayloadLayout;
  readonly #disk: DiskWriter;
  readonly #roomBytes: number;
  readonly #assemblies = new Map<number, Assembly>();
  /** In memory and not on the way to the disk, and since when [ms]; the one that came first is in front. */
  readonly #inMemory = new Map<Fragment, number>();
  #heldBytes = 0;
  /** Of these, what is on the way to the disk. */
  #leavingBytes = 0;

  /** @param roomBytes bytes that stay in memory */
  constructor(layout: PayloadLayout, disk: DiskWriter, roomBytes: number) {
    this.#layout = layout;
    this.#disk = disk;
    this.#roomBytes = roomBytes;
  }

  /** Bytes in memory. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** A part that an earlier run of the agent left on the disk. */
  found(span: Span): void {
    this.#assemblyOf(span.chunk).fragments.set(span.piece, {
      span,
      bytes: new Uint8Array(0),
      isParked: true,
      release() {},
    });
  }

  /**
   * Takes a part in. Resolves with the chunk where nothing of it is missing any more, and otherwise when there is room
   * for more. The wire form stays here until it is forgotten: peers may ask for it.
   * @param bytes are borrowed or copied where they have to wait for others
   */
  async add(span: Span, bytes: Uint8Array, lend?: Lend): Promise<CompleteChunk | undefined> {
    const assembly = this.#assemblyOf(span.chunk);
    if (assembly.wire || assembly.fragments.has(span.piece)) return undefined;
    if (assembly.pieces === 1) {
      assembly.wire = bytes;
      return { wire: bytes, wasParked: false };
    }
    if (assembly.fragments.size === assembly.pieces - 1) {
      assembly.fragments.set(span.piece, { span, bytes, isParked: false, release() {} });
      return this.#join(span.chunk, assembly);
    }
    const fragment = { span, isParked: false, ...this.#kept(bytes, lend) };
    assembly.fragments.set(span.piece, fragment);
    this.#heldBytes += bytes.length;
    const nowMs = performance.now();
    this.#inMemory.set(fragment, nowMs);
    await this.#makeRoom(nowMs);
    return undefined;
  }

  /** Copies bytes of a part from `begin` on. @returns false where it is not here */
  async copy(span: Span, begin: number, into: Uint8Array): Promise<boolean> {
    const { chunk, piece, inChunk } = span;
    // What is in memory is copied before anything else happens: it is freed when it has been joined or forgotten.
    const assembly = this.#assemblies.get(chunk);
    if (assembly?.wire) {
      into.set(assembly.wire.subarray(inChunk + begin, inChunk + begin + into.length));
      return true;
    }
    const fragment = assembly?.fragments.get(piece);
    if (!fragment) return false;
    const bytes = fragment.isParked ? await this.#unparked(fragment) : fragment.bytes;
    // The chunk has become complete meanwhile, and may have been written over what was parked.
    if (this.#assemblies.get(chunk)?.fragments.get(piece) !== fragment) return this.copy(span, begin, into);
    into.set(bytes.subarray(begin, begin + into.length));
    return true;
  }

  /** The chunk is on the disk, or has to come again. */
  forget(chunk: number): void {
    const { wire, pieces } = this.#assemblies.get(chunk)!;
    this.#assemblies.delete(chunk);
    // A chunk of one piece was never copied.
    if (wire && pieces > 1) freeBytes(wire);
  }

  #assemblyOf(chunk: number): Assembly {
    let assembly = this.#assemblies.get(chunk);
    if (!assembly) {
      const pieces = this.#layout.spansOf(chunk).length;
      assembly = { fragments: new Map(), pieces, parking: Promise.resolve() };
      this.#assemblies.set(chunk, assembly);
    }
    return assembly;
  }

  /** Who borrows of a piece holds all of it: what is half of it or less is copied. */
  #kept(bytes: Uint8Array, lend: Lend | undefined): Pick<Fragment, 'bytes' | 'release'> {
    if (lend && 2 * bytes.length > this.#layout.pieceBytes) return { bytes, release: lend() };
    const copy = Uint8Array.from(bytes);
    return { bytes: copy, release: () => freeBytes(copy) };
  }

  async #join(chunk: number, assembly: Assembly): Promise<CompleteChunk> {
    const fragments = [...assembly.fragments.values()];
    for (const fragment of fragments) this.#inMemory.delete(fragment);
    await assembly.parking;
    const wire = Buffer.allocUnsafeSlow(this.#layout.chunks[chunk]!.wireBytes);
    for (const fragment of fragments)
      wire.set(fragment.isParked ? await this.#unparked(fragment) : fragment.bytes, fragment.span.inChunk);
    // The part that came last never waited.
    for (const { bytes } of fragments.slice(0, -1)) this.#heldBytes -= bytes.length;
    assembly.wire = wire;
    assembly.fragments.clear();
    for (const fragment of fragments) fragment.release();
    return { wire, wasParked: fragments.some(({ isParked }) => isParked) };
  }

  async #makeRoom(nowMs: number): Promise<void> {
    const parked: Promise<void>[] = [];
    for (const [fragment, sinceMs] of this.#inMemory) {
      const hasRoom = this.#heldBytes - this.#leavingBytes <= this.#roomBytes;
      if (hasRoom && nowMs - sinceMs < LONGEST_IN_MEMORY_MS) break;
      this.#inMemory.delete(fragment);
      this.#leavingBytes += fragment.bytes.length;
      const assembly = this.#assemblies.get(fragment.span.chunk)!;
      assembly.parking = assembly.parking.then(() => this.#park(fragment));
      parked.push(assembly.parking);
    }
    await Promise.all(parked);
  }

  async #park(fragment: Fragment): Promise<void> {
    const { span, bytes } = fragment;
    const parkedBytes = this.#placeOf(span).bytes;
    await this.#disk.writeAt(this.#placeOf(span).offset, bytes.subarray(0, parkedBytes));
    fragment.bytes = Uint8Array.from(bytes.subarray(parkedBytes));
    fragment.isParked = true;
    this.#heldBytes -= parkedBytes;
    this.#leavingBytes -= bytes.length;
    fragment.release();
    fragment.release = () => {};
  }

  async #unparked({ span, bytes }: Fragment): Promise<Uint8Array> {
    const whole = Buffer.allocUnsafeSlow(span.bytes);
    const place = this.#placeOf(span);
    await this.#disk.readAt(place.offset, whole.subarray(0, place.bytes));
    whole.set(bytes, place.bytes);
    return whole;
  }

  #placeOf(span: Span): ParkingPlace {
    return parkingPlaceOf(this.#layout, span);
  }
}

/** Where on the disk a part of a chunk's wire form is parked. */
export interface ParkingPlace {
  readonly offset: number;
  /** Less than the part has where the wire form is longer than the chunk itself. */
  readonly bytes: number;
}

export function parkingPlaceOf(layout: PayloadLayout, { chunk, inChunk, bytes }: Span): ParkingPlace {
  const { diskOffset, rawBytes } = layout.chunks[chunk]!;
  return { offset: diskOffset + inChunk, bytes: Math.max(0, Math.min(bytes, rawBytes - inChunk)) };
}
