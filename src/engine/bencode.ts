import { ProtocolError } from './protocol-error.ts';

/** A value of BEP 3's bencoding: what is text there is bytes here. */
export type Bencoded = number | Uint8Array | readonly Bencoded[] | BencodedDictionary;

/** Keys are bytes, too: one character each, latin1. */
export type BencodedDictionary = ReadonlyMap<string, Bencoded>;

/** What can be encoded: as above, and text, which goes out as UTF-8. */
export type Encodable = number | string | Uint8Array | readonly Encodable[] | ReadonlyMap<string, Encodable>;

const INTEGER = 0x69;
const LIST = 0x6c;
const DICTIONARY = 0x64;
const END = 0x65;
const COLON = 0x3a;
const MINUS = 0x2d;
const ZERO = 0x30;
/** Nothing in use is nested deeper than a few levels; a stack is not endless. */
const DEEPEST = 32;

/**
 * Reads one value that fills all the bytes. Ours because the package of this name (4.0.1) takes a negative length for
 * one and runs back and forth until memory is full: five bytes of a stranger would end the process.
 * @param bytes strings of the value are views of it, not copies
 * @throws ProtocolError where it is not bencoded, is nested too deeply or has an integer beyond 2^53
 */
export function decodeBencode(bytes: Uint8Array): Bencoded {
  const reader = new Reader(bytes);
  const value = reader.value(0);
  reader.expectEnd();
  return value;
}

/**
 * The values of a dictionary as they are encoded: what a hash is made of.
 * @returns views of the bytes, by key
 * @throws ProtocolError as `decodeBencode`, and where it is no dictionary
 */
export function encodedEntriesOf(bytes: Uint8Array): Map<string, Uint8Array> {
  const reader = new Reader(bytes);
  const entries = reader.entries((at) => {
    reader.value(1);
    return bytes.subarray(at, reader.at);
  });
  reader.expectEnd();
  return entries;
}

export function encodeBencode(value: Encodable): Uint8Array {
  const parts: Uint8Array[] = [];
  append(parts, value);
  return Buffer.concat(parts);
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get at(): number {
    return this.#at;
  }

  expectEnd(): void {
    if (this.#at !== this.#bytes.length) throw new ProtocolError('bencoding with something behind it');
  }

  value(depth: number): Bencoded {
    if (depth > DEEPEST) throw new ProtocolError('bencoding that is nested too deeply');
    switch (this.#bytes[this.#at]) {
      case INTEGER:
        this.#at++;
        return this.#integer(END);
      case LIST:
        return this.#list(depth + 1);
      case DICTIONARY:
        return this.entries(() => this.value(depth + 1));
      default:
        return this.#text();
    }
  }

  /** @param take reads the value that begins here */
  entries<Value>(take: (at: number) => Value): Map<string, Value> {
    if (this.#bytes[this.#at++] !== DICTIONARY) throw new ProtocolError('no dictionary');
    const entries = new Map<string, Value>();
    while (!this.#isOver()) {
      const key = Buffer.from(this.#text()).toString('latin1');
      if (entries.has(key)) throw new ProtocolError('a dictionary with a key twice');
      entries.set(key, take(this.#at));
    }
    return entries;
  }

  #list(depth: number): Bencoded[] {
    this.#at++;
    const list: Bencoded[] = [];
    while (!this.#isOver()) list.push(this.value(depth));
    return list;
  }

  #isOver(): boolean {
    if (this.#bytes[this.#at] !== END) return false;
    this.#at++;
    return true;
  }

  #text(): Uint8Array {
    if (this.#bytes[this.#at] === MINUS) throw new ProtocolError('bencoding with a negative length');
    const length = this.#integer(COLON);
    const start = this.#at;
    if (length > this.#bytes.length - start) throw new ProtocolError('bencoding that ends too early');
    this.#at += length;
    return this.#bytes.subarray(start, this.#at);
  }

  /** Digits up to a last byte; BEP 3 has no zeros in front and no -0. */
  #integer(last: number): number {
    const isNegative = this.#bytes[this.#at] === MINUS;
    if (isNegative) this.#at++;
    const start = this.#at;
    let value = 0;
    for (; this.#bytes[this.#at] !== last; this.#at++) {
      const digit = (this.#bytes[this.#at] ?? 0) - ZERO;
      if (!(digit >= 0 && digit <= 9)) throw new ProtocolError('bencoding without a number in its place');
      value = value * 10 + digit;
      if (!Number.isSafeInteger(value)) throw new ProtocolError('bencoding with a number that is too great');
    }
    const digits = this.#at++ - start;
    if (digits === 0 || (this.#bytes[start] === ZERO && (digits > 1 || isNegative)))
      throw new ProtocolError('bencoding with a number that is none');
    return isNegative ? -value : value;
  }
}

function append(parts: Uint8Array[], value: Encodable): void {
  if (typeof value === 'number') parts.push(Buffer.from(`i${value}e`));
  else if (typeof value === 'string') append(parts, Buffer.from(value));
  else if (value instanceof Uint8Array) parts.push(Buffer.from(`${value.length}:`), value);
  else if (value instanceof Map) appendDictionary(parts, value);
  else appendList(parts, value as readonly Encodable[]);
}

function appendList(parts: Uint8Array[], list: readonly Encodable[]): void {
  parts.push(Uint8Array.of(LIST));
  for (const value of list) append(parts, value);
  parts.push(Uint8Array.of(END));
}

/** Keys are sorted as bytes (BEP 3). */
function appendDictionary(parts: Uint8Array[], dictionary: ReadonlyMap<string, Encodable>): void {
  parts.push(Uint8Array.of(DICTIONARY));
  for (const key of [...dictionary.keys()].sort()) {
    append(parts, Buffer.from(key, 'latin1'));
    append(parts, dictionary.get(key)!);
  }
  parts.push(Uint8Array.of(END));
}
