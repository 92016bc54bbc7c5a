import type { DiskFile } from '../../../src/engine/agent/disk-writer.ts';

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

/** A disk that takes and gives only a few bytes at a time. */
export class StingyDisk extends MemoryDisk {
  override write(bytes: Uint8Array, offset: number, length: number, position: number) {
    return super.write(bytes, offset, Math.min(length, 7), position);
  }

  override read(bytes: Uint8Array, offset: number, length: number, position: number) {
    return super.read(bytes, offset, Math.min(length, 5), position);
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
