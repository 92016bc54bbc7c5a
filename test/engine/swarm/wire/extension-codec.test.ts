import { assert, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Encodable, encodeBencode } from '../../../../src/engine/bencode.ts';
import {
  decodeIntroduction,
  EXCHANGE_NUMBER,
  encodeIntroduction,
} from '../../../../src/engine/swarm/wire/extension-codec.ts';
import { FUZZ_TIMEOUT_MS, UNTIL_TIME_IS_UP } from '../../fuzzing.ts';
import { someBencoding } from '../../some-bencoding.ts';

const OURS = {
  exchanges: true,
  port: 6881,
  site: 'Halle 3',
  isDealer: true,
  queuedRequests: 2048,
  yourHost: '10.0.0.7',
};
const refusal = expect.objectContaining({ code: 'PROTOCOL' });

function introducing(entries: Record<string, Encodable>): Uint8Array {
  return encodeBencode(new Map(Object.entries(entries)));
}

describe('the extension handshake', () => {
  it('is written as BEP 10 says', () => {
    expect(Buffer.from(encodeIntroduction(OURS)).toString('latin1')).toBe(
      'd5:dealsi1e1:md6:ut_pexi1ee1:pi6881e4:reqqi2048e4:site7:Halle 31:v9:Swarmboot6:yourip4:\x0a\x00\x00\x07e',
    );
  });

  it('says nothing of what there is not, and IPv6 addresses in 16 bytes', () => {
    const payload = encodeIntroduction({
      ...OURS,
      exchanges: false,
      isDealer: false,
      site: '',
      yourHost: '::1',
    });
    expect(Buffer.from(payload).toString('latin1')).toBe(
      `d1:mde1:pi6881e4:reqqi2048e1:v9:Swarmboot6:yourip16:${'\0'.repeat(15)}\x01e`,
    );
  });

  it('is read as it was written', () => {
    const { port, site, isDealer } = OURS;
    expect(decodeIntroduction(encodeIntroduction(OURS))).toEqual({
      port,
      site,
      isDealer,
      exchangeNumber: EXCHANGE_NUMBER,
    });
  });

  it.each<[string, Record<string, Encodable>]>([
    ['nothing', {}],
    ['things of another kind', { m: 'ut_pex', p: '6881', site: 7, deals: 'yes' }],
    ['numbers that are none', { m: new Map([['ut_pex', 256]]), p: 65_536, site: ['a'] }],
    ['negative numbers', { m: new Map([['ut_pex', -1]]), p: -1, deals: -1 }],
    ['that exchange is switched off', { m: new Map([['ut_pex', 0]]), p: 0 }],
    ['a site with an endless name', { site: 'x'.repeat(65) }],
  ])('may say %s', (_what, entries) => {
    const nothing = { exchangeNumber: undefined, port: undefined, site: '', isDealer: false };
    expect(decodeIntroduction(introducing(entries))).toEqual(nothing);
  });

  it.each([
    ['is no bencoding', Buffer.from('hello')],
    ['is empty', new Uint8Array(0)],
    ['is a list', Buffer.from('le')],
    ['has something behind it', Buffer.from('dei1e')],
    ['is too long', introducing({ v: 'x'.repeat(16_384) })],
  ])('is refused where it %s', (_how, payload) => {
    expect(() => decodeIntroduction(payload)).toThrow(refusal);
  });

  it('is read or refused, whatever its bytes', { timeout: FUZZ_TIMEOUT_MS }, () => {
    assert(
      property(someBencoding, (bytes) => {
        try {
          const { exchangeNumber = 1, port = 1, site } = decodeIntroduction(bytes);
          expect(exchangeNumber >= 1 && exchangeNumber <= 255).toBe(true);
          expect(port >= 1 && port <= 65_535).toBe(true);
          expect(site.length).toBeLessThanOrEqual(64);
        } catch (error) {
          expect(error).toMatchObject({ code: 'PROTOCOL' });
        }
      }),
      UNTIL_TIME_IS_UP,
    );
  });
});
