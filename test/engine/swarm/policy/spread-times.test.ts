import { describe, expect, it } from 'vitest';
import { SpreadTimes } from '../../../../src/engine/swarm/policy/spread-times.ts';

const [QUICK, OTHER, SLOW] = [1, 2, 3];

/** A piece takes so long from its receiver to somebody else. */
function spread(
  times: SpreadTimes,
  receiver: number,
  piece: number,
  { fromMs = 0, tookMs = 100 } = {},
): void {
  times.dealt(piece, receiver, fromMs);
  times.announced(piece, receiver, fromMs + tookMs / 2);
  times.announced(piece, receiver + 10, fromMs + tookMs);
}

const paceOf = (times: SpreadTimes, receiver: number, nowMs: number) => times.paceOf(receiver, nowMs);

describe('how long pieces take to spread', () => {
  it('knows nothing of anybody as long as no piece has spread', () => {
    const times = new SpreadTimes();
    times.dealt(0, SLOW, 0);
    expect(paceOf(times, SLOW, 1e9)).toBe('unknown');
    expect(paceOf(times, OTHER, 1e9)).toBe('unknown');
  });

  it('finds those late whose last piece took more than half as long again as those of the quickest', () => {
    const times = new SpreadTimes();
    spread(times, QUICK, 0);
    spread(times, OTHER, 1, { tookMs: 150 });
    spread(times, SLOW, 2, { tookMs: 160 });
    expect([QUICK, OTHER, SLOW].map((receiver) => paceOf(times, receiver, 200))).toEqual([
      'quick',
      'quick',
      'late',
    ]);
  });

  it('finds one late whose piece nobody else has for so long, be its last as it may', () => {
    const times = new SpreadTimes();
    spread(times, QUICK, 0);
    spread(times, SLOW, 1);
    times.dealt(2, SLOW, 1000);
    times.announced(2, SLOW, 1050);
    expect(paceOf(times, SLOW, 1150)).toBe('quick');
    expect(paceOf(times, SLOW, 1160)).toBe('late');
    times.announced(2, OTHER, 1200);
    expect(paceOf(times, SLOW, 1200)).toBe('late');
    spread(times, SLOW, 3, { fromMs: 2000 });
    expect(paceOf(times, SLOW, 2200)).toBe('quick');
  });

  it('lays a piece that was dealt again on its new receiver', () => {
    const times = new SpreadTimes();
    spread(times, QUICK, 0);
    times.dealt(1, SLOW, 0);
    times.dealt(1, OTHER, 500);
    expect([SLOW, OTHER].map((receiver) => paceOf(times, receiver, 600))).toEqual(['unknown', 'unknown']);
    expect([SLOW, OTHER].map((receiver) => paceOf(times, receiver, 700))).toEqual(['unknown', 'late']);
  });

  it('watches one piece of a receiver at a time', () => {
    const times = new SpreadTimes();
    spread(times, QUICK, 0);
    times.dealt(1, SLOW, 0);
    times.dealt(2, SLOW, 900);
    times.announced(2, OTHER, 950);
    expect(paceOf(times, SLOW, 1000)).toBe('late');
    times.announced(1, SLOW, 1000);
    times.announced(1, OTHER, 1001);
    times.dealt(3, SLOW, 1100);
    spread(times, SLOW, 4);
    expect(paceOf(times, SLOW, 1200)).toBe('late');
  });

  it('learns nothing from a piece that somebody had otherwise than from its receiver', () => {
    const times = new SpreadTimes();
    times.dealt(0, SLOW, 0);
    times.announced(0, OTHER, 1);
    expect(paceOf(times, SLOW, 1e9)).toBe('unknown');
    times.dealt(1, SLOW, 5);
    times.announced(1, SLOW, 5);
    times.announced(1, OTHER, 5);
    expect(paceOf(times, SLOW, 1e9)).toBe('unknown');
  });

  it('waits for no piece that is to be dealt again', () => {
    const times = new SpreadTimes();
    spread(times, QUICK, 0);
    times.dealt(1, SLOW, 0);
    expect(paceOf(times, SLOW, 1000)).toBe('late');
    times.forgetPiece(1);
    expect(paceOf(times, SLOW, 1000)).toBe('unknown');
  });

  it('knows nothing of who has left', () => {
    const times = new SpreadTimes();
    spread(times, QUICK, 0);
    spread(times, SLOW, 1, { tookMs: 500 });
    times.dealt(2, SLOW, 500);
    times.forget(SLOW);
    expect(paceOf(times, SLOW, 10_000)).toBe('unknown');
  });

  it('forgets how quick the quickest was', () => {
    const times = new SpreadTimes();
    spread(times, QUICK, 0, { tookMs: 1 });
    spread(times, OTHER, 1);
    expect(paceOf(times, OTHER, 200)).toBe('late');
    for (let piece = 2; piece < 300; piece++) spread(times, OTHER, piece);
    expect(paceOf(times, OTHER, 200)).toBe('quick');
  });
});
