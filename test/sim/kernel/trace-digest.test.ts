import { array, assert, integer, nat, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TraceDigest } from '../../../src/sim/kernel/trace-digest.ts';

interface TraceEvent {
  readonly timeS: number;
  readonly kind: number;
  readonly first: number;
  readonly second: number;
  readonly third: number;
}

const events = record({
  timeS: nat(),
  kind: integer({ min: 1, max: 7 }),
  first: nat(),
  second: nat(),
  third: nat(),
});
const traces = array(events, { minLength: 1, maxLength: 30 });

function digestOf(trace: readonly TraceEvent[]): string {
  const digest = new TraceDigest();
  for (const { timeS, kind, first, second, third } of trace) digest.add(timeS, kind, first, second, third);
  return digest.toString();
}

describe('trace digest', () => {
  it('is the same for the same trace', () => {
    assert(
      property(traces, (trace) => {
        expect(digestOf(structuredClone(trace))).toBe(digestOf(trace));
      }),
    );
  });

  it('is sixteen hexadecimal digits and the number of events', () => {
    assert(
      property(traces, (trace) => {
        expect(digestOf(trace)).toMatch(RegExp(`^[0-9a-f]{16}-${trace.length}$`));
      }),
    );
  });

  it.each(['timeS', 'kind', 'first', 'second', 'third'] as const)(
    'is another when %s of one event is',
    (field) => {
      assert(
        property(traces, nat(), (trace, which) => {
          const place = which % trace.length;
          const other = trace.with(place, { ...trace[place]!, [field]: trace[place]![field] + 1 });
          expect(digestOf(other)).not.toBe(digestOf(trace));
        }),
      );
    },
  );

  it('is another when a time differs by one unit in the last place', () => {
    const event = { timeS: 1, kind: 1, first: 1, second: 1, third: 1 };
    expect(digestOf([{ ...event, timeS: 1 + Number.EPSILON }])).not.toBe(digestOf([event]));
  });

  it('is another when two events change places', () => {
    assert(
      property(traces, events, (trace, last) => {
        const before = trace.at(-1)!;
        if (JSON.stringify(before) === JSON.stringify(last)) return;
        expect(digestOf([...trace, last])).not.toBe(digestOf([...trace.slice(0, -1), last, before]));
      }),
    );
  });

  it('is another when the last event is missing', () => {
    assert(
      property(traces, (trace) => {
        expect(digestOf(trace.slice(0, -1))).not.toBe(digestOf(trace));
      }),
    );
  });
});
