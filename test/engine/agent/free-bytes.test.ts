import { describe, expect, it } from 'vitest';
import { freeBytes } from '../../../src/engine/agent/free-bytes.ts';

describe('bytes that are freed', () => {
  it('are gone at once', () => {
    const bytes = Buffer.allocUnsafeSlow(1_000_000);
    freeBytes(bytes);
    expect(bytes.length).toBe(0);
  });

  it.each([1, 440, 4000, 8191, 32_767, 32_768, 65_536, 1_000_000])(
    'leave others as they were, whatever buffer Node has put them in: %i bytes',
    (length) => {
      const [before, bytes, after] = [
        Buffer.from('before'),
        Buffer.allocUnsafe(length),
        Buffer.from('after'),
      ];
      freeBytes(bytes);
      expect(`${before} and ${after}`).toBe('before and after');
    },
  );
});
