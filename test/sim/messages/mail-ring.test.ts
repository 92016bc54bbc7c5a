import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MailRing } from '../../../src/sim/messages/mail-ring.ts';

describe('the ring of messages on their way', () => {
  it('gives back what was put in, in the same order, however full it gets in between', () => {
    // A positive number adds as many messages, a negative one takes as many out.
    const steps = fc.array(fc.integer({ min: -200, max: 200 }), { maxLength: 40 });
    fc.assert(
      fc.property(steps, (changes) => {
        const ring = new MailRing();
        const expected: number[] = [];
        let next = 0;
        const take = () => {
          const message = expected.shift()!;
          expect([ring.nextArrivalS, ring.nextSide, ring.nextWord]).toEqual([message / 2, message, ~message]);
          ring.drop();
        };
        for (const change of changes) {
          for (let count = 0; count < change; count++) {
            ring.add(next / 2, next, ~next);
            expected.push(next++);
          }
          for (let count = 0; count > change && expected.length > 0; count--) take();
        }
        while (expected.length > 0) take();
        expect(ring.isEmpty).toBe(true);
      }),
    );
  });
});
