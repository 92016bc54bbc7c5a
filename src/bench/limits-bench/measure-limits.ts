import { setTimeout as sleep } from 'node:timers/promises';
import { RunFailure } from '../../failure.ts';
import { type LimitCase, type LimitName, limitCase } from './limit-case.ts';
import { isBelow, type LimitFigure } from './limit-result.ts';
import { LimitSwarm } from './limit-swarm-client.ts';
import { dayAround } from './minute.ts';

export interface LimitBenchOptions {
  readonly names: readonly LimitName[];
  readonly ratesBps: readonly number[];
  /** How long each rate is measured [s]. */
  readonly seconds: number;
}

/** Hears how far the measurement is. */
export interface LimitBenchWatch {
  readonly signal: AbortSignal;
  /** It waits so long for a full minute. */
  waits(seconds: number): void;
  measured(figure: LimitFigure): void;
}

/** From the first byte to the first that counts: connections, window and slots have come to rest. */
const REST_MS = 1_500;
/** So long may the first byte take. */
const FIRST_BYTE_MS = 60_000;
const LOOK_MS = 20;
/** Beside what is measured: start, rest, and what one of two receivers has from the other. */
const SPARE_S = 12;
/** Between the full minute and what counts after it. */
const AFTER_CHANGE_MS = 500;
/** How much is sent to see what the computer carries, in seconds of the rate. */
const CAPACITY_S = 4;

/** Measures limits of our client with real sockets over loopback, one after the other. */
export async function measureLimits(
  { names, ratesBps, seconds }: LimitBenchOptions,
  watch: LimitBenchWatch,
): Promise<LimitFigure[]> {
  const figures: LimitFigure[] = [];
  for (const name of names) {
    for (const bps of ratesBps) {
      const wanted = { asked: limitCase(name), bps, seconds };
      const measured = await (wanted.asked.isTimed ? overMinute(wanted, watch) : allDay(wanted, watch));
      for (const figure of await withCapacity(measured, wanted, watch.signal)) {
        figures.push(figure);
        watch.measured(figure);
      }
    }
  }
  return figures;
}

interface Wanted {
  readonly asked: LimitCase;
  readonly bps: number;
  readonly seconds: number;
}

async function allDay({ asked, bps, seconds }: Wanted, { signal }: LimitBenchWatch): Promise<LimitFigure[]> {
  const always = { from: '00:00', to: '00:00', limits: asked.limitsOf(bps) };
  return withSwarm(2 * bps * (seconds + SPARE_S), async (swarm) => {
    await swarm.start(asked, [always]);
    await rest(swarm, signal);
    const { bytes, elapsedS } = await received(swarm, seconds * 1000, signal);
    const common = { name: asked.name, limitBps: bps, seconds: elapsedS, capacityBps: null };
    const [first, second] = bytes;
    if (asked.counted === 'together')
      return [{ ...common, part: 'both', measuredBps: (first + second) / elapsedS }];
    return [
      { ...common, part: 'first', measuredBps: first / elapsedS },
      { ...common, part: 'second', measuredBps: second / elapsedS },
    ];
  });
}

async function overMinute(
  { asked, bps, seconds }: Wanted,
  { signal, waits }: LimitBenchWatch,
): Promise<LimitFigure[]> {
  return withSwarm(2 * bps * (2 * seconds + SPARE_S), async (swarm) => {
    const day = dayAround(new Date(), (seconds + SPARE_S / 2) * 1000);
    waits(day.waitMs / 1000);
    await sleep(day.waitMs, undefined, { signal });
    const common = { name: asked.name, capacityBps: null };
    const [beforeBps, afterBps] = [bps / 2, bps];
    await swarm.start(asked, [
      { from: day.begin, to: day.change, limits: asked.limitsOf(beforeBps) },
      { from: day.change, to: day.end, limits: asked.limitsOf(afterBps) },
    ]);
    await rest(swarm, signal);
    const before = await received(swarm, day.changeMs - Date.now() - AFTER_CHANGE_MS, signal);
    await sleep(day.changeMs - Date.now() + AFTER_CHANGE_MS, undefined, { signal });
    const after = await received(swarm, seconds * 1000, signal);
    return [
      { ...common, part: 'before', limitBps: beforeBps, ...figureOf(before) },
      { ...common, part: 'after', limitBps: afterBps, ...figureOf(after) },
    ];
  });
}

function figureOf({ bytes: [first, second], elapsedS }: Received) {
  return { measuredBps: (first + second) / elapsedS, seconds: elapsedS };
}

/** Where too little came through, what this computer carries in the same swarm without a limit. */
async function withCapacity(
  figures: readonly LimitFigure[],
  { asked, bps }: Wanted,
  signal: AbortSignal,
): Promise<readonly LimitFigure[]> {
  if (!figures.some(isBelow)) return figures;
  const flows = asked.counted === 'each' ? 2 : 1;
  const capacityBps = await withSwarm(flows * bps * CAPACITY_S, async (swarm) => {
    await swarm.start(asked);
    const startMs = performance.now();
    await Promise.race([swarm.done, aborted(signal)]);
    const [first, second] = swarm.received();
    return ((first + second) / (performance.now() - startMs)) * 1000;
  });
  return figures.map((figure) => ({ ...figure, capacityBps: capacityBps / flows }));
}

async function withSwarm<Result>(
  leastBytes: number,
  work: (swarm: LimitSwarm) => Promise<Result>,
): Promise<Result> {
  const swarm = await LimitSwarm.make(leastBytes);
  try {
    return await work(swarm);
  } finally {
    await swarm.close();
  }
}

/** Resolves some time after bytes have come over both flows. */
async function rest(swarm: LimitSwarm, signal: AbortSignal): Promise<void> {
  const startMs = performance.now();
  while (swarm.received().some((bytes) => bytes === 0)) {
    if (performance.now() - startMs > FIRST_BYTE_MS)
      throw new RunFailure('LIMITS_BENCH', `nothing came for ${FIRST_BYTE_MS / 1000} s`);
    await sleep(LOOK_MS, undefined, { signal });
  }
  await sleep(REST_MS, undefined, { signal });
}

/** Payload bytes by flow, and the time in which they came. */
interface Received {
  readonly bytes: readonly [number, number];
  readonly elapsedS: number;
}

async function received(swarm: LimitSwarm, ms: number, signal: AbortSignal): Promise<Received> {
  const [startMs, begin] = [performance.now(), swarm.received()];
  await sleep(ms, undefined, { signal });
  const [endMs, end] = [performance.now(), swarm.received()];
  const share = (end[0] + end[1]) / swarm.imageBytes;
  // Each of two receivers, or the one, has at most the whole image: at its end nobody sends any more.
  if (share >= 1)
    throw new RunFailure('LIMITS_BENCH', 'the image was over before the time was: a limit does not hold');
  return { bytes: [end[0] - begin[0], end[1] - begin[1]], elapsedS: (endMs - startMs) / 1000 };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
