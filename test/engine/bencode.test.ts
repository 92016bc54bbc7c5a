import { type Arbitrary, assert, dictionary, integer, letrec, oneof, property, uint8Array } from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Bencoded,
  decodeBencode,
  type Encodable,
  encodeBencode,
  encodedEntriesOf,
} from '../../src/engine/bencode.ts';
import { FUZZ_TIMEOUT_MS, UNTIL_TIME_IS_UP } from './fuzzing.ts';
import { anyKey, someBencoding } from './some-bencoding.ts';

const text = (value: string) => Buffer.from(value, 'latin1');
const refusal = expect.objectContaining({ code: 'PROTOCOL' });

const anyValue = letrec<{ value: Encodable }>((tie) => ({
  value: oneof(
    { maxDepth: 4 },
    integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }).map((value) => value + 0),
    uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
    oneof(tie('value'), tie('value')).map((value) => [value, 7]),
    dictionary(anyKey, tie('value'), { maxKeys: 4 }).map((entries) => new Map(Object.entries(entries))),
  ),
})).value as Arbitrary<Bencoded>;

describe('bencode', () => {
  it.each<[Encodable, string]>([
    [0, 'i0e'],
    [-42, 'i-42e'],
    [Number.MAX_SAFE_INTEGER, 'i9007199254740991e'],
    ['spam', '4:spam'],
    ['Größe', '7:Gr\xc3\xb6\xc3\x9fe'],
    [[], 'le'],
    [['a', 1], 'l1:ai1ee'],
    [
      new Map<string, Encodable>([
        ['b', 1],
        ['ab', 2],
        ['\xff', 3],
        ['B', 4],
      ]),
      'd1:Bi4e2:abi2e1:bi1e1:\xffi3ee',
    ],
  ])('writes %j as BEP 3 says', (value, encoded) => {
    expect(Buffer.from(encodeBencode(value)).toString('latin1')).toBe(encoded);
  });

  it('reads what it has written', () => {
    assert(
      property(anyValue, (value) => {
        expect(decodeBencode(encodeBencode(value))).toEqual(value);
      }),
    );
  });

  it.each([
    '',
    'i',
    'ie',
    'i-e',
    'i-0e',
    'i01e',
    'i1.5e',
    'i+1e',
    'i9007199254740993e',
    '5:spam',
    '-1:',
    '01:a',
    ':',
    'a',
    'l',
    'li1e',
    'd1:a',
    'd1:ae',
    'di1ei2ee',
    'd1:ai1e1:ai2ee',
    'i1ei2e',
    // What ends the process in the package `bencode` 4.0.1.
    'l-3:e',
    'l'.repeat(100_000),
    'd1:a'.repeat(100_000),
    '9'.repeat(400),
  ])('refuses %.20s', (encoded) => {
    expect(() => decodeBencode(text(encoded))).toThrow(refusal);
  });

  it('takes a key of any name for a key', () => {
    const decoded = decodeBencode(text('d9:__proto__d1:mi1eee')) as ReadonlyMap<string, Bencoded>;
    expect([...decoded.keys()]).toEqual(['__proto__']);
    expect(decoded.get('m')).toBeUndefined();
  });

  it('gives the values of a dictionary as they are encoded, even where keys are out of order', () => {
    const entries = encodedEntriesOf(text('d4:infod1:bi1e1:ai2ee1:ai3ee'));
    expect([...entries].map(([key, bytes]) => [key, Buffer.from(bytes).toString()])).toEqual([
      ['info', 'd1:bi1e1:ai2ee'],
      ['a', 'i3e'],
    ]);
    expect(() => encodedEntriesOf(text('le'))).toThrow(refusal);
    expect(() => encodedEntriesOf(text('dei1e'))).toThrow(refusal);
  });

  it('reads any bytes, and what it takes it could have written', { timeout: FUZZ_TIMEOUT_MS }, () => {
    assert(
      property(someBencoding, (bytes) => {
        let value: Bencoded;
        try {
          value = decodeBencode(bytes);
        } catch (error) {
          expect(error).toMatchObject({ code: 'PROTOCOL' });
          return;
        }
        // Keys may have come in another order; all else is fixed.
        expect(encodeBencode(value)).toHaveLength(bytes.length);
        expect(decodeBencode(encodeBencode(value))).toEqual(value);
      }),
      UNTIL_TIME_IS_UP,
    );
  });
});
