import { describe, expect, it } from 'vitest';
import { aborted, interruptible } from '../../src/cli/interruption.ts';

describe('work that is interrupted', () => {
  it('says what is left of it as it is at that moment', async () => {
    let left = 'nothing was begun';
    const work = interruptible(
      (signal) => {
        left = 'half of it is there';
        process.emit('SIGHUP', 'SIGHUP');
        return aborted(signal);
      },
      () => left,
    );
    await expect(work).rejects.toMatchObject({
      signal: 'SIGHUP',
      message: 'ended by SIGHUP; half of it is there',
    });
  });
});
