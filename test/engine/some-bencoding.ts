import { type Arbitrary, array, constantFrom, nat, oneof, string, tuple, uint8Array } from 'fast-check';

/** A key as it may stand in a dictionary: any bytes, one a character. */
export const anyKey: Arbitrary<string> = oneof(
  constantFrom('m', 'p', 'site', 'ut_pex', 'added', 'added.f', 'added6', 'info', 'files', '__proto__'),
  string({ maxLength: 5, unit: nat(255).map((byte) => String.fromCharCode(byte)) }),
);

const anyPart: Arbitrary<Uint8Array> = oneof(
  constantFrom('d', 'l', 'e', 'i', ':', '-', '0', '1:a', 'i1e', 'i65535e', 'le', 'de').map((part) =>
    Buffer.from(part, 'latin1'),
  ),
  anyKey.map((key) => Buffer.from(`${key.length}:${key}`, 'latin1')),
  uint8Array({ maxLength: 40 }).map((bytes) => Buffer.concat([Buffer.from(`${bytes.length}:`), bytes])),
  uint8Array({ maxLength: 3 }),
);

/** Bytes that look like bencoding, and often are. */
export const someBencoding: Arbitrary<Uint8Array> = oneof(
  array(anyPart, { maxLength: 12 }).map((parts) => Buffer.concat(parts)),
  array(anyPart, { maxLength: 12 }).map((parts) =>
    Buffer.concat([Buffer.from('d'), ...parts, Buffer.from('e')]),
  ),
  array(anyPart, { maxLength: 12 }).map((parts) =>
    Buffer.concat([Buffer.from('l'), ...parts, Buffer.from('e')]),
  ),
);

/** Bytes of which some were changed, left out or put in. */
export function damaged(bytes: Arbitrary<Uint8Array>): Arbitrary<Uint8Array> {
  const damage = tuple(nat(10_000), nat(3), uint8Array({ maxLength: 3 }));
  return tuple(bytes, array(damage, { minLength: 1, maxLength: 4 })).map(([whole, damages]) =>
    damages.reduce<Uint8Array>((left, [at, lost, put]) => {
      const start = at % (left.length + 1);
      return Buffer.concat([left.subarray(0, start), put, left.subarray(start + lost)]);
    }, whole),
  );
}
