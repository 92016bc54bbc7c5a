import { assert, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Encodable, encodeBencode } from '../../../../src/engine/bencode.ts';
import { decodeAdded, encodeExchange } from '../../../../src/engine/swarm/wire/exchange-codec.ts';
import { FUZZ_TIMEOUT_MS, UNTIL_TIME_IS_UP } from '../../fuzzing.ts';
import { someBencoding } from '../../some-bencoding.ts';

function saying(entries: Record<string, Encodable>): Uint8Array {
  return encodeBencode(new Map(Object.entries(entries)));
}

describe('a peer exchange message', () => {
  it('is written as BEP 11 says', () => {
    const message = { added: ['10.0.0.1:6881', '[::1]:258'], dropped: ['1.2.3.4:1'] };
    expect(Buffer.from(encodeExchange(message)).toString('latin1')).toBe(
      `d5:added6:\x0a\0\0\x01\x1a\xe17:added.f1:\x006:added618:${'\0'.repeat(15)}\x01\x01\x028:added6.f1:\0` +
        '7:dropped6:\x01\x02\x03\x04\0\x018:dropped60:e',
    );
  });

  it('is read as it was written, addresses of both kinds in the shortest form', () => {
    const added = ['255.254.1.2:65535', '0.0.0.0:0', '[::1]:258', '[2001:db8::a:0:0:1]:1'];
    expect(decodeAdded(encodeExchange({ added, dropped: ['1.2.3.4:5'] }))).toEqual(added);
  });

  it('may have addresses that are cut off, of another kind or missing', () => {
    expect(decodeAdded(saying({ added: new Uint8Array(7), added6: new Uint8Array(17) }))).toEqual([
      '0.0.0.0:0',
    ]);
    expect(decodeAdded(saying({ added: 5, added6: ['a'] }))).toEqual([]);
    expect(decodeAdded(saying({}))).toEqual([]);
  });

  it('counts for no more than 50 addresses of each kind', () => {
    const payload = saying({ added: new Uint8Array(6 * 500), added6: new Uint8Array(18 * 500) });
    expect(decodeAdded(payload)).toHaveLength(100);
  });

  it('is refused where it is no dictionary or too long', () => {
    for (const payload of [
      Buffer.from('le'),
      Buffer.from('d5:added'),
      saying({ added: new Uint8Array(20_000) }),
    ])
      expect(() => decodeAdded(payload)).toThrow(expect.objectContaining({ code: 'PROTOCOL' }));
  });

  it('is read or refused, whatever its bytes', { timeout: FUZZ_TIMEOUT_MS }, () => {
    assert(
      property(someBencoding, (bytes) => {
        try {
          const added = decodeAdded(bytes);
          expect(decodeAdded(encodeExchange({ added, dropped: added }))).toEqual(added);
        } catch (error) {
          expect(error).toMatchObject({ code: 'PROTOCOL' });
        }
      }),
      UNTIL_TIME_IS_UP,
    );
  });
});
