import { ConfigError } from '../failure.ts';

/** Reads `a,b,c` where each must be one of `allowed`. */
export function namesOption<Name extends string>(
  option: string,
  text: string,
  allowed: readonly Name[],
): Name[] {
  return splitList(option, text).map((item) => {
    const name = allowed.find((candidate) => candidate === item);
    if (name === undefined) {
      throw new ConfigError(
        option,
        `found \`${item}\`; allowed are ${allowed.map((each) => `\`${each}\``).join(', ')}`,
      );
    }
    return name;
  });
}

/** Reads `1,4,8`. */
export function countsOption(option: string, text: string): number[] {
  return splitList(option, text).map((item) => countOption(option, item));
}

/** Reads a whole number from 1 up. */
export function countOption(option: string, text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || count > 1_000_000) {
    throw new ConfigError(option, `found \`${text}\`; allowed is a whole number from 1 to 1000000`);
  }
  return count;
}

function splitList(option: string, text: string): string[] {
  const items = text.split(',').map((item) => item.trim());
  if (items.some((item) => item === '')) {
    throw new ConfigError(option, `found \`${text}\`; allowed is a list with commas, such as \`1,4,8\``);
  }
  return [...new Set(items)];
}
