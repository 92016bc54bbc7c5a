/** Bytes from `first` to `last`, both of them included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * What a Range header asks for (RFC 9110, 14.1.2): one range; everything where there is no header, where it cannot be
 * read or asks for several ranges, which a server may pass over; undefined where no byte of the file is in the range.
 */
export function requestedRange(header: string | undefined, sizeBytes: number): ByteRange | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return { first: 0, last: sizeBytes - 1 };
  const range =
    first === ''
      ? { first: Math.max(0, sizeBytes - Number(last)), last: sizeBytes - 1 }
      : { first: Number(first), last: Math.min(sizeBytes - 1, last === '' ? sizeBytes : Number(last)) };
  return range.first <= range.last ? range : undefined;
}

/** The Content-Range header of an answer (RFC 9110, 14.4). */
export function contentRange({ first, last }: ByteRange, sizeBytes: number): string {
  return `bytes ${first}-${last}/${sizeBytes}`;
}
