import { describe, expect, it } from 'vitest';
import { Ledger } from '../../../src/sim/transport/ledger.ts';

describe('ledger', () => {
  it('keeps what each peer sent and received, and from whom', () => {
    const ledger = new Ledger(3);
    ledger.received(0, 1, 5);
    ledger.received(0, 2, 3);
    ledger.received(1, 2, 4);
    ledger.received(1, 2, 4);
    expect([...ledger.uploaded]).toEqual([8, 8, 0]);
    expect([...ledger.downloaded]).toEqual([0, 5, 11]);
    expect(ledger.sendersOf(2)).toEqual(
      new Map([
        [0, 3],
        [1, 8],
      ]),
    );
  });

  it('books what was sent in vain to its sender and to nobody else', () => {
    const ledger = new Ledger(2);
    ledger.wasted(1, 7);
    expect([...ledger.uploaded]).toEqual([0, 7]);
    expect([...ledger.downloaded]).toEqual([0, 0]);
    expect(ledger.wastedBytes).toBe(7);
  });

  it('takes back what had arrived and was lost afterwards', () => {
    const ledger = new Ledger(2);
    ledger.received(0, 1, 7);
    ledger.lost(0, 1, 5);
    expect([...ledger.uploaded]).toEqual([7, 0]);
    expect([...ledger.downloaded]).toEqual([0, 2]);
    expect(ledger.sendersOf(1)).toEqual(new Map([[0, 2]]));
    expect(ledger.wastedBytes).toBe(5);
  });

  it('does without senders where there are too many peers', () => {
    expect(new Ledger(65).sendersOf(1)).toEqual(new Map());
    expect(new Ledger(66).sendersOf(1)).toBeUndefined();
  });
});
