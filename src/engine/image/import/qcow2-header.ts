import { ProtocolError } from '../../protocol-error.ts';

/** QEMU's docs/interop/qcow2.txt: all numbers big-endian. */
const MAGIC = 0x514649fb;
const V2_HEADER_BYTES = 72;
const V3_HEADER_BYTES = 104;
const EXTERNAL_DATA_FILE = 1n << 2n;
/** 64 TiB: no disk is larger, and a file of so many bytes can be made on usual file systems in part only. */
const MOST_DISK_BYTES = 2n ** 46n;

export function isQcow2(start: Buffer): boolean {
  return start.length >= V2_HEADER_BYTES && start.readUInt32BE(0) === MAGIC;
}

/**
 * Bytes of the disk in a qcow2 file. Throws a ProtocolError where the file leads to others, which could be any file of
 * this computer, or is encrypted.
 * @param start the first 104 bytes of the file, or more
 */
export function qcow2DiskBytes(start: Buffer): number {
  if (!isQcow2(start)) throw new ProtocolError('it does not begin like a qcow2 image');
  const version = start.readUInt32BE(4);
  if (version !== 2 && version !== 3)
    throw new ProtocolError(`it is of qcow version ${version}; known are 2 and 3`);
  if (start.readBigUInt64BE(8) !== 0n)
    throw new ProtocolError(
      'it holds only what changed in another file, its backing file; put them together with qemu-img rebase',
    );
  if (start.readUInt32BE(32) !== 0) throw new ProtocolError('it is encrypted');
  if (version === 3 && (start.length < V3_HEADER_BYTES || start.readBigUInt64BE(72) & EXTERNAL_DATA_FILE))
    throw new ProtocolError('its bytes are in another file, its data file');
  const bytes = start.readBigUInt64BE(24);
  if (bytes > MOST_DISK_BYTES)
    throw new ProtocolError(`its disk has ${bytes} bytes; at most ${MOST_DISK_BYTES} are taken`);
  return Number(bytes);
}
