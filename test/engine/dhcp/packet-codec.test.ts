import { assert, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MalformedPacket } from '../../../src/engine/dhcp/malformed-packet.ts';
import { OPTION } from '../../../src/engine/dhcp/option-code.ts';
import { textValue } from '../../../src/engine/dhcp/option-values.ts';
import { decodePacket, encodePacket } from '../../../src/engine/dhcp/packet-codec.ts';
import { aPacket } from './a-packet.ts';
import { anyPacket } from './any-packet.ts';

/** Where the options begin, behind the fields and the magic cookie. */
const OPTIONS_AT = 240;
const SERVER_NAME_AT = 44;
const BOOT_FILE_AT = 108;

/** A DISCOVER with these bytes as its options. */
function withOptions(...options: number[]): Uint8Array {
  return Buffer.concat([encodePacket(aPacket()).subarray(0, OPTIONS_AT), Uint8Array.from(options)]);
}

function malformation(bytes: Uint8Array): string {
  try {
    decodePacket(bytes);
    return 'none';
  } catch (error) {
    expect(error).toBeInstanceOf(MalformedPacket);
    return (error as MalformedPacket).reason;
  }
}

describe('a packet', () => {
  it('is read back as it was written, whatever is in it', () => {
    assert(
      property(anyPacket, (packet) => {
        expect(decodePacket(encodePacket(packet))).toEqual(packet);
      }),
      { numRuns: 2_000 },
    );
  });

  it('may hold options that nobody knows', () => {
    const { options } = decodePacket(withOptions(53, 1, 1, 224, 2, 7, 8, 254, 0, 255));
    expect(options).toEqual(
      new Map([
        [53, Uint8Array.of(1)],
        [224, Uint8Array.of(7, 8)],
        [254, Uint8Array.of()],
      ]),
    );
  });

  it('may leave out the end of its options, and pad them anywhere', () => {
    expect(decodePacket(withOptions(0, 53, 1, 1, 0, 0)).options).toEqual(new Map([[53, Uint8Array.of(1)]]));
  });

  it('has a zero behind the name of a boot file, for firmware that takes it for a C string', () => {
    const name = textValue('snponly.efi');
    const uuid = new Uint8Array(17).fill(1);
    const bytes = encodePacket(
      aPacket({
        options: [
          [OPTION.bootFileName, name],
          [OPTION.clientUuid, uuid],
        ],
      }),
    );
    const at = Buffer.from(bytes).indexOf('snponly.efi');
    expect([bytes[at - 1], bytes[at + name.length], bytes[at + name.length + 1]]).toEqual([
      name.length,
      OPTION.pad,
      OPTION.clientUuid,
    ]);
    expect(decodePacket(bytes).options.get(OPTION.bootFileName)).toEqual(name);
  });

  it('puts together an option that comes in parts, as it takes apart one that is long', () => {
    const value = textValue('x'.repeat(300));
    const bytes = encodePacket(aPacket({ options: [[OPTION.bootFileName, value]] }));
    expect([...bytes.subarray(OPTIONS_AT + 3, OPTIONS_AT + 5)]).toEqual([67, 255]);
    expect([...bytes.subarray(OPTIONS_AT + 260, OPTIONS_AT + 262)]).toEqual([67, 45]);
    expect(decodePacket(bytes).options.get(67)).toEqual(value);
  });

  it('may go on with its options in the fields of file and server name, in this order', () => {
    const bytes = withOptions(53, 1, 1, 52, 1, 3, 77, 1, 65, 255);
    bytes.set([77, 1, 66, 255], BOOT_FILE_AT);
    bytes.set([77, 1, 67, 255], SERVER_NAME_AT);
    const { options, bootFile, serverName } = decodePacket(bytes);
    expect(options).toEqual(
      new Map([
        [53, Uint8Array.of(1)],
        [77, textValue('ABC')],
      ]),
    );
    expect({ bootFile, serverName }).toEqual({ bootFile: '', serverName: '' });
  });

  it('is never shorter than 300 bytes, which old relay agents want', () => {
    expect(encodePacket(aPacket())).toHaveLength(300);
  });

  it('says what it is first, and what a relay agent takes off again last', () => {
    const bytes = encodePacket(
      aPacket({
        options: [
          [82, Uint8Array.of(1, 1, 9)],
          [200, Uint8Array.of(5)],
        ],
      }),
    );
    expect([...bytes.subarray(OPTIONS_AT, OPTIONS_AT + 12)]).toEqual([
      53, 1, 1, 200, 1, 5, 82, 3, 1, 1, 9, 255,
    ]);
  });

  it('does not take a text that is longer than its field', () => {
    expect(() => encodePacket(aPacket({ bootFile: 'x'.repeat(129) }))).toThrow(RangeError);
  });
});

describe('a malformed packet is refused by name', () => {
  const good = encodePacket(aPacket());
  const changed = (at: number, value: number): Uint8Array => {
    const bytes = new Uint8Array(good);
    bytes[at] = value;
    return bytes;
  };

  it.each<[string, Uint8Array]>([
    ['tooShort', new Uint8Array()],
    ['tooShort', Uint8Array.of(1)],
    ['tooShort', good.subarray(0, OPTIONS_AT - 1)],
    ['tooLong', new Uint8Array(65_507)],
    ['unknownOp', changed(0, 3)],
    ['badHardwareLength', changed(2, 17)],
    ['noMagicCookie', changed(236, 0)],
    ['optionBeyondEnd', withOptions(53)],
    ['optionBeyondEnd', withOptions(53, 1, 1, 60, 200, 1)],
    ['badOptionLength', withOptions(53, 2, 1, 1, 255)],
    ['badOptionLength', withOptions(53, 1, 1, 53, 1, 1, 255)],
    ['badOptionLength', withOptions(50, 3, 10, 0, 0, 255)],
    ['badOptionLength', withOptions(54, 5, 10, 0, 0, 1, 1, 255)],
    ['badOverload', withOptions(52, 1, 4, 255)],
    ['badOverload', withOptions(52, 0, 255)],
    ['badOverload', withOptions(52, 1, 1, 52, 1, 2, 255)],
  ])('%s', (reason, bytes) => {
    expect(malformation(bytes)).toBe(reason);
  });
});
