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

/** The beginning of an answer that carries a file or a range of it. */
export interface FileHead {
  readonly status: 200 | 206 | 416;
  readonly headers: Readonly<Record<string, string | number>>;
  /** What follows; undefined for nothing. */
  readonly range: ByteRange | undefined;
}

/** Answers a request for a file. @param wanted Range header */
export function fileHead(wanted: string | undefined, sizeBytes: number): FileHead {
  const range = requestedRange(wanted, sizeBytes);
  if (!range) {
    return { status: 416, headers: { 'content-range': `bytes */${sizeBytes}`, 'content-length': 0 }, range };
  }
  const bytes = range.last - range.first + 1;
  const isWhole = bytes === sizeBytes;
  const headers = {
    'content-type': 'application/octet-stream',
    'content-length': bytes,
    'accept-ranges': 'bytes',
    ...(isWhole ? {} : { 'content-range': contentRange(range, sizeBytes) }),
  };
  return { status: isWhole ? 200 : 206, headers, range };
}
