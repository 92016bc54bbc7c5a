import { ProtocolError } from '../../protocol-error.ts';

/** Types of attributes that are read here. */
export const ATTRIBUTE = { VOLUME_NAME: 0x60, VOLUME_INFORMATION: 0x70, DATA: 0x80 } as const;
const END_OF_ATTRIBUTES = 0xffff_ffff;
/** Sequence numbers protect every 512 bytes, whatever the sector size. */
const STRIDE_BYTES = 512;

/** A run of clusters of a file; `cluster` is null where it is sparse. */
export interface ClusterRun {
  readonly cluster: number | null;
  readonly clusters: number;
}

/** An attribute with its value in the record, or in clusters elsewhere. */
export type NtfsAttribute =
  | { readonly kind: 'resident'; readonly value: Buffer }
  | { readonly kind: 'elsewhere'; readonly bytes: number; readonly runs: readonly ClusterRun[] };

/**
 * Puts back what the update sequence took the place of, in a copy.
 * Throws a ProtocolError where the record does not begin with `magic` or was written in part.
 */
export function mendedRecord(bytes: Uint8Array, magic: 'FILE' | 'RSTR'): Buffer {
  const record = Buffer.from(bytes);
  if (record.toString('latin1', 0, 4) !== magic)
    throw new ProtocolError(`it has no ${magic} record where one should be`);
  const at = record.readUInt16LE(4);
  const strides = record.readUInt16LE(6) - 1;
  if (strides < 1 || strides * STRIDE_BYTES > record.length || at + 2 * (strides + 1) > STRIDE_BYTES)
    throw new ProtocolError(`its ${magic} record contradicts itself`);
  const sequence = record.readUInt16LE(at);
  for (let stride = 1; stride <= strides; stride++) {
    const end = stride * STRIDE_BYTES - 2;
    if (record.readUInt16LE(end) !== sequence)
      throw new ProtocolError(`its ${magic} record was written in part`);
    record.copyWithin(end, at + 2 * stride, at + 2 * stride + 2);
  }
  return record;
}

/** The nameless attribute of that type; undefined where the record has none. */
export function attributeOf(record: Buffer, type: number): NtfsAttribute | undefined {
  let at = within(record, 20, 2).readUInt16LE();
  while (within(record, at, 4).readUInt32LE() !== END_OF_ATTRIBUTES) {
    const header = within(record, at, 16);
    const length = header.readUInt32LE(4);
    if (length < 16) break;
    if (header.readUInt32LE() === type && header[9] === 0) return attributeValue(within(record, at, length));
    at += length;
  }
  return undefined;
}

function attributeValue(attribute: Buffer): NtfsAttribute {
  const isElsewhere = attribute[8] === 1;
  if (!isElsewhere) {
    const length = within(attribute, 16, 4).readUInt32LE();
    return { kind: 'resident', value: within(attribute, within(attribute, 20, 2).readUInt16LE(), length) };
  }
  const bytes = Number(within(attribute, 48, 8).readBigUInt64LE());
  const runs = clusterRunsOf(attribute.subarray(within(attribute, 32, 2).readUInt16LE()));
  return { kind: 'elsewhere', bytes, runs };
}

/** Each run: one byte with the lengths of length and offset, then both; the offset is from the run before, with sign. */
function clusterRunsOf(pairs: Buffer): ClusterRun[] {
  const runs: ClusterRun[] = [];
  let cluster = 0;
  for (let at = 0; at < pairs.length && pairs[at] !== 0; ) {
    const [lengthBytes, offsetBytes] = [pairs[at]! & 15, pairs[at]! >> 4];
    if (lengthBytes < 1 || lengthBytes > 6 || offsetBytes > 6)
      throw new ProtocolError('one of its lists of clusters is damaged');
    const clusters = within(pairs, at + 1, lengthBytes).readUIntLE(0, lengthBytes);
    if (offsetBytes > 0)
      cluster += within(pairs, at + 1 + lengthBytes, offsetBytes).readIntLE(0, offsetBytes);
    if (cluster < 0 || clusters === 0) throw new ProtocolError('one of its lists of clusters is damaged');
    runs.push({ cluster: offsetBytes === 0 ? null : cluster, clusters });
    at += 1 + lengthBytes + offsetBytes;
  }
  return runs;
}

function within(bytes: Buffer, at: number, length: number): Buffer {
  if (at + length <= bytes.length) return bytes.subarray(at, at + length);
  throw new ProtocolError('one of its records leads beyond its end');
}
