import type { Unit } from 'mathjs';

/** Parses `text` into a number of the base unit. Throws a RangeError that says what is wrong with it. */
export type QuantityParser = (text: string) => number;

/** What may be measured in a scenario file; numbers are kept in the base unit. */
export interface QuantityKind {
  /** Base unit in mathjs notation. */
  readonly baseUnit: string;
  /** For messages and the JSON Schema: how people write it. */
  readonly allowed: string;
  readonly examples: readonly string[];
  /** True where `unlimited` is a value; it is read as Infinity. */
  readonly canBeUnlimited: boolean;
}

export const BYTES: QuantityKind = {
  baseUnit: 'B',
  allowed: 'a size with its unit, such as `18 GB`, `256 MiB` or `1456 B`',
  examples: ['18 GB', '256 MiB'],
  canBeUnlimited: false,
};

export const BYTES_PER_SECOND: QuantityKind = {
  baseUnit: 'B/s',
  allowed: 'a rate with its unit, such as `94 Mbit/s` or `12.5 MB/s`, or `unlimited`',
  examples: ['94 Mbit/s', '12.5 MB/s', 'unlimited'],
  canBeUnlimited: true,
};

export const SECONDS: QuantityKind = {
  baseUnit: 's',
  allowed: 'a time with its unit, such as `134 min`, `20 s` or `5 ms`',
  examples: ['134 min', '20 s', '5 ms'],
  canBeUnlimited: false,
};

/** A share between 0 and 1, written `1 %` or `0.01`. */
export const SHARE_ALLOWED = 'a share from 0 to 1, written `1 %` or `0.01`';

/**
 * mathjs takes half a second to load, so it is brought in when the first scenario is read.
 * @returns a parser of quantities of every kind
 */
export async function loadQuantityParser(): Promise<(kind: QuantityKind) => QuantityParser> {
  const { unit } = await import('mathjs');
  return (kind) => (text) => {
    if (kind.canBeUnlimited && text.trim() === 'unlimited') return Number.POSITIVE_INFINITY;
    return checked(parseUnit(unit, text), text, kind);
  };
}

function parseUnit(unit: (text: string) => Unit, text: string): Unit | undefined {
  try {
    return unit(inMathjsNotation(text));
  } catch {
    return undefined;
  }
}

/** mathjs knows `b` and `bits` but not `Mbit`, `Mbps` or `KB`. */
function inMathjsNotation(text: string): string {
  return text
    .replace(/([kKMGT]i?)?bits?\b/g, (_, prefix: string | undefined) => `${prefix ?? ''}b`)
    .replace(/([kKMGT]i?)bps\b/g, '$1b/s')
    .replace(/K([bB])/g, 'k$1');
}

function checked(parsed: Unit | undefined, text: string, kind: QuantityKind): number {
  if (parsed === undefined) throw new RangeError(`found \`${text}\``);
  if (parsed.value === null || parsed.dimensions.every((power) => power === 0)) {
    throw new RangeError(`found \`${text}\`, which lacks a number or a unit`);
  }
  if (!parsed.equalBase(unitOf(parsed, kind)))
    throw new RangeError(`found \`${text}\`, which has another unit`);
  const value = asWritten(parsed.toNumber(kind.baseUnit));
  if (!Number.isFinite(value)) throw new RangeError(`found \`${text}\``);
  if (value < 0) throw new RangeError(`found \`${text}\`, which is negative`);
  return value;
}

/** Without the rounding of a conversion, which makes 4099999999.9999995 bytes of 4.1 GB: a double holds 15 digits. */
function asWritten(value: number): number {
  return Number(value.toPrecision(15));
}

function unitOf(parsed: Unit, kind: QuantityKind): Unit {
  return new (parsed.constructor as new (value: number, unit: string) => Unit)(1, kind.baseUnit);
}

/** Reads `1 %`, `0.01` or the number 0.01. Throws a RangeError that says what is wrong. */
export function parseShare(value: string | number): number {
  const text = String(value).trim();
  const match = /^(\d+(?:\.\d+)?)\s*(%?)$/.exec(text);
  const share = match ? asWritten(Number(match[1]) / (match[2] ? 100 : 1)) : Number.NaN;
  if (!(share >= 0 && share <= 1)) throw new RangeError(`found \`${text}\``);
  return share;
}
