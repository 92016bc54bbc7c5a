import { describe, expect, it } from 'vitest';
import { countOption, nameOption, namesOption, randomSeedOption } from '../../src/cli/list-option.ts';

describe('a name on the command line', () => {
  const allowed = ['raw', 'ezio'] as const;

  it('is one of those that are allowed, and no list of them', () => {
    expect(nameOption('--format', 'ezio', allowed)).toBe('ezio');
    expect(() => nameOption('--format', 'raw,ezio', allowed)).toThrow(
      '--format: found `raw,ezio`; allowed are `raw`, `ezio`',
    );
    expect(namesOption('--format', 'raw, ezio,raw', allowed)).toEqual(['raw', 'ezio']);
    expect(() => namesOption('--format', 'raw,zip', allowed)).toThrow('--format: found `zip`');
  });
});

describe('a number on the command line', () => {
  it.each(['0', '7', '10000001', '4294967295'])('is a random seed as a scenario may name it: %s', (text) => {
    expect(randomSeedOption('--seed', text)).toBe(Number(text));
  });

  it.each(['', '-1', '1.5', '4294967296', '0x10'])('is no random seed: "%s"', (text) => {
    expect(() => randomSeedOption('--seed', text)).toThrow('allowed is a whole number from 0 to 4294967295');
  });

  it.each(['0', '10000001'])('is no count: %s', (text) => {
    expect(() => countOption('--machines', text)).toThrow('allowed is a whole number from 1 to 10000000');
  });
});
