import type { DiskFile } from '../../../src/engine/agent/disk-file.ts';

/** A disk in memory that behaves. */
export class MemoryDisk implements DiskFile {
  readonly bytes: Buffer;
  isFlushed = false;

  constructor(sizeBytes: number) {
    this.bytes = Buffer.alloc(sizeBytes);
  }

  async write(bytes: Uint8Array, offset: number, length: number, position: number) {
    this.bytes.set(bytes.subarray(offset, offset + length), position);
    return { bytesWritten: length };
  }

  async read(bytes: Uint8Array, offset: number, length: number, position: number) {
    const found = this.bytes.subarray(position, position + length);
    bytes.set(found, offset);
    return { bytesRead: found.length };
  }

  async sync() {
    this.isFlushed = true;
  }

  async close() {}
}

/** A disk of which the next read, once it is told so, takes until it is told to go on. */
export class HesitantDisk extends MemoryDisk {
  #hesitating: PromiseWithResolvers<void> | undefined;
  #reading = Promise.resolve();

  hesitate(): void {
    this.#hesitating = Promise.withResolvers();
    this.#reading = this.#hesitating.promise;
  }

  goOn(): void {
    this.#hesitating?.resolve();
  }

  override async read(bytes: Uint8Array, offset: number, length: number, position: number) {
    const reading = this.#reading;
    this.#reading = Promise.resolve();
    await reading;
    return super.read(bytes, offset, length, position);
  }
}

/** A disk that takes and gives only a few bytes at a time. */
export class StingyDisk extends MemoryDisk {
  readonly #most: number;

  constructor(sizeBytes: number, most = 7) {
    super(sizeBytes);
    this.#most = most;
  }

  override write(bytes: Uint8Array, offset: number, length: number, position: number) {
    return super.write(bytes, offset, Math.min(length, this.#most), position);
  }

  override read(bytes: Uint8Array, offset: number, length: number, position: number) {
    return super.read(bytes, offset, Math.min(length, this.#most - 2), position);
  }
}

/** A disk that says nothing is wrong and takes nothing. */
export class DeafDisk extends MemoryDisk {
  override async write() {
    return { bytesWritten: 0 };
  }
}

/** A disk that fails with a system error at and after one of its bytes. */
export class BrokenDisk extends MemoryDisk {
  readonly #systemCode: string;
  readonly #brokenAt: number;

  constructor(sizeBytes: number, systemCode: string, brokenAt: number) {
    super(sizeBytes);
    this.#systemCode = systemCode;
    this.#brokenAt = brokenAt;
  }

  override async write(bytes: Uint8Array, offset: number, length: number, position: number) {
    const room = this.#brokenAt - position;
    if (room <= 0) throw Object.assign(new Error(`${this.#systemCode}: write`), { code: this.#systemCode });
    return super.write(bytes, offset, Math.min(length, room), position);
  }
}

/** A disk with a byte that stays what it is whatever is written, and that says nothing. */
export class ForgetfulDisk extends MemoryDisk {
  readonly #place: number;

  constructor(sizeBytes: number, place: number) {
    super(sizeBytes);
    this.#place = place;
  }

  override async write(bytes: Uint8Array, offset: number, length: number, position: number) {
    const before = this.bytes[this.#place]!;
    const written = await super.write(bytes, offset, length, position);
    this.bytes[this.#place] = before;
    return written;
  }
}

/** A disk with a place that cannot be read until it has been written so many times. */
export class UnreadableDisk extends MemoryDisk {
  readonly #place: number;
  #writesLeft: number;

  constructor(sizeBytes: number, place: number, writes: number) {
    super(sizeBytes);
    this.#place = place;
    this.#writesLeft = writes;
  }

  override write(bytes: Uint8Array, offset: number, length: number, position: number) {
    if (position <= this.#place && this.#place < position + length) this.#writesLeft--;
    return super.write(bytes, offset, length, position);
  }

  override async read(bytes: Uint8Array, offset: number, length: number, position: number) {
    const isThere = position <= this.#place && this.#place < position + length;
    if (!isThere || this.#writesLeft <= 0) return super.read(bytes, offset, length, position);
    if (position < this.#place) return super.read(bytes, offset, this.#place - position, position);
    throw Object.assign(new Error('EIO: read'), { code: 'EIO' });
  }
}

/** A disk that keeps only what was flushed when the power is cut, and knows when that is. */
export class ForgettingCache extends MemoryDisk {
  readonly #medium: Buffer;
  #leftBytes = Number.POSITIVE_INFINITY;

  constructor(sizeBytes: number) {
    super(sizeBytes);
    this.#medium = Buffer.alloc(sizeBytes);
  }

  /** The power is back, and cut when so many bytes have been written. */
  cutAfter(bytes: number): void {
    this.#leftBytes = bytes;
  }

  override async write(bytes: Uint8Array, offset: number, length: number, position: number) {
    this.#leftBytes -= length;
    if (this.#leftBytes < 0) {
      this.bytes.set(this.#medium);
      throw Object.assign(new Error('EIO: the power is off'), { code: 'EIO' });
    }
    return super.write(bytes, offset, length, position);
  }

  override async sync() {
    if (this.#leftBytes < 0) throw Object.assign(new Error('EIO: the power is off'), { code: 'EIO' });
    this.#medium.set(this.bytes);
  }
}
