import { array, assert, nat, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileRangesOf } from '../../../src/engine/swarm/file-ranges.ts';

const ONE = { files: [{ path: ['golden.img'], bytes: 1000 }] };
const MANY = {
  files: [
    { path: ['system', 'a b', 'x'], bytes: 100 },
    { path: ['system', 'empty'], bytes: 0 },
    { path: ['system', 'ü#?'], bytes: 50 },
    { path: ['system', 'last'], bytes: 200 },
  ],
};

describe('bytes of an image on a web server', () => {
  it('lie at its address, or below it where that ends in a slash (BEP 19)', () => {
    const place = { offset: 10, length: 90 };
    const range = { first: 10, last: 99, fileBytes: 1000 };
    expect(fileRangesOf(ONE, 'http://a/image', place)).toEqual([{ url: 'http://a/image', ...range }]);
    expect(fileRangesOf(ONE, 'http://a/b/', place)).toEqual([{ url: 'http://a/b/golden.img', ...range }]);
  });

  it('lie in the files that they are of, below the address with a slash and without', () => {
    const ranges = [
      { url: 'http://a/system/a%20b/x', first: 90, last: 99, fileBytes: 100 },
      { url: 'http://a/system/%C3%BC%23%3F', first: 0, last: 49, fileBytes: 50 },
      { url: 'http://a/system/last', first: 0, last: 9, fileBytes: 200 },
    ];
    for (const url of ['http://a', 'http://a/'])
      expect(fileRangesOf(MANY, url, { offset: 90, length: 70 })).toEqual(ranges);
  });

  it('are all there, once and in their order', () => {
    const sizes = array(nat(50), { minLength: 1, maxLength: 8 });
    assert(
      property(sizes, nat(400), nat(400), (bytes, offset, length) => {
        const files = bytes.map((size, place) => ({ path: ['t', String(place)], bytes: size }));
        const starts = bytes.map((_, place) => bytes.slice(0, place).reduce((sum, size) => sum + size, 0));
        const total = bytes.reduce((sum, size) => sum + size, 0);
        const covered = fileRangesOf({ files }, 'http://a', { offset, length }).flatMap(
          ({ url, first, last }) => {
            const start = starts[Number(url.split('/').pop())]!;
            return Array.from({ length: last - first + 1 }, (_, at) => start + first + at);
          },
        );
        const wanted = Array.from({ length }, (_, at) => offset + at).filter((at) => at < total);
        expect(covered).toEqual(wanted);
      }),
    );
  });
});
