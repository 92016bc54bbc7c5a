import { assert, integer, property, uint8Array } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MESSAGE_ID, type Message } from '../../../../src/engine/swarm/wire/message.ts';
import {
  decodeMessage,
  encodeMessage,
  encodePieceHeader,
  readNumber,
} from '../../../../src/engine/swarm/wire/message-codec.ts';
import { anyMessage } from './any-message.ts';

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** The message behind the length and the number. */
function decoded(bytes: Uint8Array): Message | undefined {
  expect(readNumber(bytes, 0)).toBe(bytes.length - 4);
  return bytes.length === 4 ? { kind: 'keepAlive' } : decodeMessage(bytes[4]!, bytes.subarray(5));
}

describe('the message codec', () => {
  it('reads what it has written', () => {
    assert(
      property(anyMessage, (message) => {
        expect(decoded(encodeMessage(message))).toEqual(message);
      }),
    );
  });

  // Examples from BEP 3, 6 and 10, written out by hand.
  it.each<[Message, string]>([
    [{ kind: 'keepAlive' }, '00000000'],
    [{ kind: 'choke' }, '0000000100'],
    [{ kind: 'unchoke' }, '0000000101'],
    [{ kind: 'interested' }, '0000000102'],
    [{ kind: 'notInterested' }, '0000000103'],
    [{ kind: 'have', piece: 0x01020304 }, '000000050401020304'],
    [{ kind: 'bitfield', bits: Uint8Array.of(0xa0, 0x01) }, '0000000305a001'],
    [{ kind: 'request', piece: 1, begin: 0x4000, length: 0x4000 }, '0000000d06000000010000400000004000'],
    [{ kind: 'cancel', piece: 0xffffffff, begin: 0, length: 1 }, '0000000d08ffffffff0000000000000001'],
    [{ kind: 'suggest', piece: 7 }, '000000050d00000007'],
    [{ kind: 'haveAll' }, '000000010e'],
    [{ kind: 'haveNone' }, '000000010f'],
    [{ kind: 'reject', piece: 2, begin: 3, length: 4 }, '0000000d10000000020000000300000004'],
    [{ kind: 'allowedFast', piece: 7 }, '000000051100000007'],
    [{ kind: 'extended', id: 0, payload: Buffer.from('de') }, '0000000414006465'],
  ])('writes %o as the BEPs say', (message, bytes) => {
    expect(hex(encodeMessage(message))).toBe(bytes);
  });

  it('writes in front of a block how long it is and where it belongs', () => {
    expect(hex(encodePieceHeader({ piece: 5, begin: 0x8000, length: 0x4000 }))).toBe(
      '00004009070000000500008000',
    );
  });

  it('writes an extended message of any length', () => {
    const payload = new Uint8Array(1_000_000).fill(7);
    expect(decoded(encodeMessage({ kind: 'extended', id: 3, payload }))).toEqual({
      kind: 'extended',
      id: 3,
      payload,
    });
  });

  it('knows nothing of numbers that no BEP of ours has given a meaning', () => {
    const known = new Set<number>(Object.values(MESSAGE_ID));
    for (let id = 0; id < 256; id++) {
      if (!known.has(id)) expect(decodeMessage(id, new Uint8Array(3))).toBeUndefined();
    }
  });

  it.each([
    ['choke', 0, 1],
    ['unchoke', 1, 4],
    ['interested', 2, 1],
    ['notInterested', 3, 1],
    ['have', 4, 3],
    ['have', 4, 5],
    ['request', 6, 11],
    ['request', 6, 13],
    ['cancel', 8, 0],
    ['suggest', 13, 0],
    ['haveAll', 14, 1],
    ['haveNone', 15, 1],
    ['reject', 16, 16],
    ['allowedFast', 17, 0],
    ['extended', 20, 0],
  ])('refuses %s (%i) with %i bytes behind it', (_kind, id, length) => {
    expect(() => decodeMessage(id, new Uint8Array(length))).toThrow(
      expect.objectContaining({ code: 'PROTOCOL' }),
    );
  });

  it('reads any bytes as a message, as nothing, or as a mistake of the remote', () => {
    assert(
      property(integer({ min: 0, max: 255 }), uint8Array({ maxLength: 20 }), (id, payload) => {
        try {
          const message = decodeMessage(id, payload);
          if (message) expect(hex(encodeMessage(message)).slice(10)).toBe(hex(payload));
        } catch (error) {
          expect(error).toMatchObject({ code: 'PROTOCOL' });
        }
      }),
    );
  });
});
