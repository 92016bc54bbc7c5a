import { ConfigError } from '../failure.ts';

/** Reads one of `allowed`, and no list of them. */
export function nameOption<Name extends string>(
  option: string,
  text: string,
  allowed: readonly Name[],
): Name {
  const name = allowed.find((candidate) => candidate === text);
  if (name !== undefined) return name;
  const words = allowed.map((each) => `\`${each}\``).join(', ');
  throw new ConfigError(option, `found \`${text}\`; allowed are ${words}`);
}

/** Reads `a,b,c` where each must be one of `allowed`. */
export function namesOption<Name extends string>(
  option: string,
  text: string,
  allowed: readonly Name[],
): Name[] {
  return splitList(option, text).map((item) => nameOption(option, item, allowed));
}

/** Reads `1,4,8`. */
export function countsOption(option: string, text: string): number[] {
  return splitList(option, text).map((item) => countOption(option, item));
}

/** Reads a whole number from 1 up. */
export function countOption(option: string, text: string): number {
  return wholeOption(option, text, { least: 1, most: 10_000_000 });
}

/** Reads a random seed, as a scenario may name it: 32 bits. */
export function randomSeedOption(option: string, text: string): number {
  return wholeOption(option, text, { least: 0, most: 0xffff_ffff });
}

function wholeOption(option: string, text: string, { least, most }: { least: number; most: number }): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new ConfigError(option, `found \`${text}\`; allowed is a whole number from ${least} to ${most}`);
}

function splitList(option: string, text: string): string[] {
  const items = text.split(',').map((item) => item.trim());
  if (items.some((item) => item === '')) {
    throw new ConfigError(option, `found \`${text}\`; allowed is a list with commas, such as \`1,4,8\``);
  }
  return [...new Set(items)];
}
