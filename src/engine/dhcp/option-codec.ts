import { MalformedPacket } from './malformed-packet.ts';
import { OPTION } from './option-code.ts';
import type { DhcpOptions } from './packet.ts';

/** An option's length is one byte: what is longer is sent in parts, one behind the other (RFC 3396, 5). */
const PART_BYTES = 255;
/** Options that are read have these lengths, or the packet is not what it seems (RFC 2132, 9). */
const EXACT_BYTES: ReadonlyMap<number, number> = new Map([
  [OPTION.requestedAddress, 4],
  [OPTION.leaseTime, 4],
  [OPTION.messageType, 1],
  [OPTION.serverIdentifier, 4],
]);

/** Parts of options in the order in which they are found. */
export type OptionParts = Map<number, Uint8Array[]>;

/**
 * Collects the options of one field of a packet. Codes that nobody knows are taken like all others; a field may end
 * without the `end` option, as some clients leave it out.
 * @param parts what was found in fields before, added to
 * @throws MalformedPacket where an option does not end within the field
 */
export function collectOptions(field: Uint8Array, parts: OptionParts): void {
  for (let at = 0; at < field.length; ) {
    const code = field[at]!;
    if (code === OPTION.end) return;
    if (code === OPTION.pad) {
      at += 1;
      continue;
    }
    const end = at + 2 + (field[at + 1] ?? field.length);
    if (end > field.length) {
      throw new MalformedPacket('optionBeyondEnd', `option ${code} ends beyond its field`);
    }
    const list = parts.get(code);
    const part = field.subarray(at + 2, end);
    if (list) list.push(part);
    else parts.set(code, [part]);
    at = end;
  }
}

/** @throws MalformedPacket where one that has a fixed length has another */
export function joinOptions(parts: OptionParts): DhcpOptions {
  const options = new Map<number, Uint8Array>();
  for (const [code, list] of parts) {
    const value = new Uint8Array(Buffer.concat(list));
    const exact = EXACT_BYTES.get(code);
    if (exact !== undefined && value.length !== exact) {
      throw new MalformedPacket('badOptionLength', `option ${code} has ${value.length} bytes, not ${exact}`);
    }
    options.set(code, value);
  }
  return options;
}

/** A pad, behind a name that old firmware takes for a C string: it would read on into the next option. */
const ZERO = Uint8Array.of(OPTION.pad);

/** The options with `end` behind them. */
export function encodeOptions(options: DhcpOptions): Uint8Array {
  const chunks = inSendingOrder(options).flatMap(([code, value]) =>
    code === OPTION.bootFileName ? [...parted(code, value), ZERO] : parted(code, value),
  );
  return Buffer.concat([...chunks, Uint8Array.of(OPTION.end)]);
}

/** What is read first comes first; what the relay agent takes off again is the last (RFC 3046, 2.1). */
function inSendingOrder(options: DhcpOptions): [code: number, value: Uint8Array][] {
  return [...options].sort(([first], [second]) => sendingPlace(first) - sendingPlace(second));
}

function sendingPlace(code: number): number {
  if (code === OPTION.messageType) return 0;
  if (code === OPTION.serverIdentifier) return 1;
  return code === OPTION.relayAgent ? Infinity : 1 + code;
}

function parted(code: number, value: Uint8Array): Uint8Array[] {
  const count = Math.max(1, Math.ceil(value.length / PART_BYTES));
  return Array.from({ length: count }, (_, index) => {
    const part = value.subarray(index * PART_BYTES, (index + 1) * PART_BYTES);
    return Buffer.concat([Uint8Array.of(code, part.length), part]);
  });
}
