import { assert, boolean, nat, property, record, uint8Array } from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeHandshake,
  encodeHandshake,
  HANDSHAKE_BYTES,
} from '../../../../src/engine/swarm/wire/handshake-codec.ts';

const twentyBytes = uint8Array({ minLength: 20, maxLength: 20 });
const anyHandshake = record({
  infoHash: twentyBytes,
  peerId: twentyBytes,
  hasFast: boolean(),
  hasExtended: boolean(),
});

describe('the handshake codec', () => {
  it('reads what it has written', () => {
    assert(
      property(anyHandshake, (handshake) => {
        expect(decodeHandshake(encodeHandshake(handshake))).toEqual(handshake);
      }),
    );
  });

  it.each([
    [false, false, '0000000000000000'],
    [true, false, '0000000000000004'],
    [false, true, '0000000000100000'],
    [true, true, '0000000000100004'],
  ])('writes fast %s and extended %s where BEP 6 and BEP 10 say', (hasFast, hasExtended, reserved) => {
    const infoHash = new Uint8Array(20).fill(0xaa);
    const peerId = new Uint8Array(20).fill(0xbb);
    const bytes = Buffer.from(encodeHandshake({ infoHash, peerId, hasFast, hasExtended }));
    expect(bytes.toString('hex')).toBe(
      `13${Buffer.from('BitTorrent protocol').toString('hex')}${reserved}${'aa'.repeat(20)}${'bb'.repeat(20)}`,
    );
  });

  it('takes no notice of reserved bits that it does not know', () => {
    assert(
      property(anyHandshake, uint8Array({ minLength: 8, maxLength: 8 }), (handshake, reserved) => {
        const bytes = encodeHandshake(handshake);
        bytes.set(reserved, 20);
        expect(decodeHandshake(bytes)).toEqual({
          ...handshake,
          hasExtended: (reserved[5]! & 0x10) !== 0,
          hasFast: (reserved[7]! & 0x04) !== 0,
        });
      }),
    );
  });

  it('refuses bytes in which one of the name of the protocol is wrong', () => {
    assert(
      property(anyHandshake, nat(19), nat(254), (handshake, place, other) => {
        const bytes = encodeHandshake(handshake);
        bytes[place] = (bytes[place]! + 1 + other) % 256;
        expect(() => decodeHandshake(bytes)).toThrow(expect.objectContaining({ code: 'PROTOCOL' }));
      }),
    );
  });

  it('keeps nothing of the bytes that it was given', () => {
    const infoHash = new Uint8Array(20).fill(1);
    const bytes = Buffer.from(
      encodeHandshake({ infoHash, peerId: infoHash, hasFast: true, hasExtended: true }),
    );
    const handshake = decodeHandshake(bytes);
    bytes.fill(0);
    expect(handshake).toMatchObject({ infoHash, peerId: infoHash });
  });

  it('is 68 bytes long (BEP 3)', () => {
    const twenty = new Uint8Array(20);
    const handshake = { infoHash: twenty, peerId: twenty, hasFast: false, hasExtended: false };
    expect(encodeHandshake(handshake)).toHaveLength(HANDSHAKE_BYTES);
    expect(HANDSHAKE_BYTES).toBe(68);
  });
});
