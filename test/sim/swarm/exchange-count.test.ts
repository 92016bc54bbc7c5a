import { array, assert, integer, nat, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExchangeCount } from '../../../src/sim/swarm/exchange-count.ts';

const NEIGHBOURS = 3;

describe('exchange count', () => {
  it('adds up the present span and the two before it, neighbour by neighbour', () => {
    const steps = array(
      record({ later: nat(4), neighbour: nat(NEIGHBOURS - 1), bytes: integer({ min: 1, max: 100 }) }),
      { maxLength: 60 },
    );
    assert(
      property(steps, (script) => {
        const count = new ExchangeCount();
        const all: { span: number; neighbour: number; bytes: number }[] = [];
        let span = 0;
        for (const { later, neighbour, bytes } of script) {
          span += later;
          count.add(neighbour, bytes, span);
          all.push({ span, neighbour, bytes });
          for (let other = 0; other < NEIGHBOURS; other++) {
            const recent = all.filter((each) => each.neighbour === other && each.span > span - 3);
            expect(count.bytesWith(other, span)).toBe(recent.reduce((sum, each) => sum + each.bytes, 0));
          }
        }
      }),
    );
  });

  it('forgets a neighbour, and no other', () => {
    const count = new ExchangeCount();
    for (const span of [0, 1, 2]) for (const neighbour of [4, 7]) count.add(neighbour, 10, span);
    count.forget(4);
    count.add(4, 1, 2);

    expect([4, 7].map((neighbour) => count.bytesWith(neighbour, 2))).toEqual([1, 30]);
  });
});
