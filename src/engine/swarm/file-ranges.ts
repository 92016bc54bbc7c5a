import type { FileRange } from '../http/range-client.ts';
import type { Metainfo } from '../image/metainfo.ts';

/**
 * Where bytes of an image lie on a web server (BEP 19): a torrent of one file at the address itself, or below it where
 * that ends in a slash; the files of others below it by their paths.
 */
export function fileRangesOf(
  { files }: Pick<Metainfo, 'files'>,
  url: string,
  { offset, length }: { readonly offset: number; readonly length: number },
): FileRange[] {
  const ranges: FileRange[] = [];
  let start = 0;
  for (const { path, bytes } of files) {
    const first = Math.max(0, offset - start);
    const last = Math.min(bytes, offset + length - start) - 1;
    if (first <= last) ranges.push({ url: addressOf(url, path), first, last, fileBytes: bytes });
    start += bytes;
  }
  return ranges;
}

function addressOf(url: string, path: readonly string[]): string {
  if (path.length === 1 && !url.endsWith('/')) return url;
  return `${url.replace(/\/$/, '')}/${path.map(encodeURIComponent).join('/')}`;
}
