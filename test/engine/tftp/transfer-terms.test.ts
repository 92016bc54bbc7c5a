import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { termsFor } from '../../../src/engine/tftp/transfer-terms.ts';

const SIZE = 70_000;

function terms(options: Record<string, string>) {
  const { accepted, ...rest } = termsFor(new Map(Object.entries(options)), SIZE);
  return { ...rest, accepted: Object.fromEntries(accepted) };
}

const PLAIN = { blockBytes: 512, windowBlocks: 1, timeoutMs: undefined, accepted: {} };

describe('the terms of a transfer', () => {
  it('are those of RFC 1350 where nothing is asked for', () => {
    expect(terms({})).toEqual(PLAIN);
  });

  it('are what UEFI firmware asks for', () => {
    const asked = { tsize: '0', blksize: '1468', windowsize: '4' };
    const accepted = { tsize: '70000', blksize: '1468', windowsize: '4' };
    expect(terms(asked)).toEqual({ ...PLAIN, blockBytes: 1468, windowBlocks: 4, accepted });
  });

  it('hold for the time that the client wants to wait', () => {
    expect(terms({ timeout: '3' })).toEqual({ ...PLAIN, timeoutMs: 3000, accepted: { timeout: '3' } });
  });

  it.each<[Record<string, string>, Record<string, string>]>([
    [{ blksize: '65465' }, { blksize: '65464' }],
    [{ windowsize: '65535' }, { windowsize: '128' }],
    [
      { blksize: '8192', windowsize: '16' },
      { blksize: '8192', windowsize: '8' },
    ],
    [
      { blksize: '65464', windowsize: '9' },
      { blksize: '65464', windowsize: '1' },
    ],
  ])('are lowered to what is possible: %j', (asked, accepted) => {
    expect(terms(asked).accepted).toEqual(accepted);
  });

  it.each<Record<string, string>>([
    { blksize: '7' },
    { blksize: '-1' },
    { blksize: '1e3' },
    { blksize: '' },
    { timeout: '0' },
    { timeout: '256' },
    { windowsize: '0' },
    { windowsize: '65536' },
    { multicast: '' },
    { constructor: '1' },
    { __proto__x: '1' },
  ])('pass over what makes no sense: %j', (asked) => {
    expect(terms(asked)).toEqual(PLAIN);
  });

  it('never promise more than was asked for, or a window of more than 64 KiB', () => {
    const number = fc.oneof(fc.nat(70_000), fc.nat(40)).map(String);
    fc.assert(
      fc.property(number, number, (blksize, windowsize) => {
        const { blockBytes, windowBlocks } = terms({ blksize, windowsize });
        expect(blockBytes).toBeLessThanOrEqual(Math.max(512, Number(blksize)));
        expect(windowBlocks).toBeLessThanOrEqual(Math.max(1, Number(windowsize)));
        expect(windowBlocks === 1 || windowBlocks * blockBytes <= 65_536).toBe(true);
      }),
    );
  });
});
