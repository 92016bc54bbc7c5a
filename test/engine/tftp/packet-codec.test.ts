import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProtocolError } from '../../../src/engine/protocol-error.ts';
import type { Packet } from '../../../src/engine/tftp/packet.ts';
import { decodePacket, encodePacket } from '../../../src/engine/tftp/packet-codec.ts';

const FUZZED = 100_000;

const aWord = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.includes('\0'));
const aName = aWord.map((word) => word.toLowerCase());
const someOptions = fc.array(fc.tuple(aName, aWord)).map((pairs) => new Map(pairs.toReversed()));
const aBlock = fc.nat(65_535);
const aPacket: fc.Arbitrary<Packet> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('read', 'write'),
    file: aWord,
    mode: aName,
    options: someOptions,
  }),
  fc.record({ kind: fc.constant('data'), block: aBlock, bytes: fc.uint8Array({ maxLength: 600 }) }),
  fc.record({ kind: fc.constant('acknowledgement'), block: aBlock }),
  fc.record({
    kind: fc.constant('error'),
    code: aBlock,
    message: fc.string().filter((text) => !text.includes('\0')),
  }),
  fc.record({ kind: fc.constant('optionAck'), options: someOptions }),
);

/** True where a datagram is read or refused as no TFTP; anything else is thrown on. */
function isRead(datagram: Uint8Array): boolean {
  try {
    decodePacket(datagram);
    return true;
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return false;
  }
}

describe('packets', () => {
  it('come out as they went in', () => {
    fc.assert(
      fc.property(aPacket, (packet) => {
        const datagram = encodePacket(packet);
        const decoded = decodePacket(datagram);
        expect(encodePacket(decoded)).toEqual(datagram);
        if (packet.kind !== 'data') expect(decoded).toEqual(packet);
      }),
      { numRuns: 2000 },
    );
  });

  it('of RFC 2347 and 7440 have the bytes of their figures', () => {
    const options = new Map([
      ['blksize', '1432'],
      ['windowsize', '4'],
    ]);
    expect(encodePacket({ kind: 'read', file: 'a', mode: 'octet', options }).toString('latin1')).toBe(
      '\0\x01a\0octet\0blksize\x001432\0windowsize\x004\0',
    );
    expect(encodePacket({ kind: 'optionAck', options }).toString('latin1')).toBe(
      '\0\x06blksize\x001432\0windowsize\x004\0',
    );
    expect(encodePacket({ kind: 'acknowledgement', block: 0x1234 })).toEqual(Buffer.of(0, 4, 0x12, 0x34));
  });

  it('name options and modes in any letters, and the first of two counts', () => {
    const datagram = Buffer.from('\0\x01A\0OcTeT\0BLKSIZE\x00100\0blksize\x00200\0');
    expect(decodePacket(datagram)).toEqual({
      kind: 'read',
      file: 'A',
      mode: 'octet',
      options: new Map([['blksize', '100']]),
    });
  });

  it.each([
    ['padded with zeros', '\0\x01a\0octet\0tsize\x000\0\0\0\0\0'],
    ['with an option that is cut off', '\0\x01a\0octet\0tsize\x000\0blksize\x0014'],
    ['with an option without a value', '\0\x01a\0octet\0tsize\x000\0blksize\0'],
  ])('are taken as far as they can be read: a request %s', (_, datagram) => {
    expect(decodePacket(Buffer.from(datagram))).toEqual({
      kind: 'read',
      file: 'a',
      mode: 'octet',
      options: new Map([['tsize', '0']]),
    });
  });

  it('that are errors may lack the zero at their end', () => {
    expect(decodePacket(Buffer.from('\0\x05\0\x08no'))).toEqual({ kind: 'error', code: 8, message: 'no' });
  });

  it.each([
    '',
    '\0',
    '\0\0',
    '\0\x07',
    '\x01\x01a\0octet\0',
    '\0\x01',
    '\0\x01a\0octet',
    '\0\x01\0octet\0',
    '\0\x04\0',
  ])('are refused where they are none: %j', (datagram) => {
    expect(() => decodePacket(Buffer.from(datagram, 'latin1'))).toThrow(ProtocolError);
  });

  it(`are read or refused, whatever comes: ${FUZZED} datagrams, random, cut and changed`, () => {
    const random = fc.uint8Array({ maxLength: 80 });
    const operation = fc.tuple(fc.nat(8), random).map(([number, rest]) => Uint8Array.of(0, number, ...rest));
    const cut = fc
      .tuple(aPacket, fc.nat(100))
      .map(([packet, length]) => new Uint8Array(encodePacket(packet).subarray(0, length)));
    const changed = fc.tuple(aPacket, fc.nat(), fc.nat(255)).map(([packet, at, value]) => {
      const datagram = encodePacket(packet);
      datagram[at % datagram.length] = value;
      return new Uint8Array(datagram);
    });
    let read = 0;
    fc.assert(
      fc.property(fc.oneof(random, operation, cut, changed), (datagram) => {
        if (isRead(datagram)) read++;
      }),
      { numRuns: FUZZED },
    );
    expect(read).toBeGreaterThan(FUZZED / 10);
  });
});
