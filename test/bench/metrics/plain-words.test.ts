import { describe, expect, it } from 'vitest';
import { counted, listed, variantWords } from '../../../src/bench/metrics/plain-words.ts';

describe('plain words', () => {
  it('count in singular and plural', () => {
    expect([counted(1, 'machine'), counted(8, 'machine')]).toEqual(['1 machine', '8 machines']);
  });

  it('list with commas and an and', () => {
    expect([listed([]), listed(['a']), listed(['a', 'b']), listed(['a', 'b', 'c'])]).toEqual([
      '',
      'a',
      'a and b',
      'a, b and c',
    ]);
  });

  it('call the scenario without changes plain', () => {
    expect([variantWords(''), variantWords('lossy')]).toEqual(['plain', 'lossy']);
  });
});
