import { Bench } from 'tinybench';
import { simulate } from '../../sim/index.ts';
import { aWorkload } from './sim-workloads.ts';

/** Speed of one part, over `calls` calls of about a second in all. */
export interface PartSpeed {
  readonly part: string;
  readonly calls: number;
  readonly medianMs: number;
  /** Three of four calls took at most this long. */
  readonly upperQuartileMs: number;
}

const PIECES = 256;

/** Measures small simulations again and again (tinybench); wall time, so compare within one call. */
export async function measureParts(): Promise<PartSpeed[]> {
  const bench = new Bench({ time: 1000, warmupTime: 200, throws: true });
  for (const { peers, ...links } of [
    { peers: 20 },
    { peers: 20, downBps: Infinity },
    { peers: 100, downBps: Infinity },
  ]) {
    const downloads = 'downBps' in links ? 'downloads unlimited' : 'links equal';
    const { model } = aWorkload('part', { peers, pieces: PIECES, ...links });
    bench.add(`P2P, ${peers} machines, ${PIECES} pieces, ${downloads}`, () => {
      simulate(model, 1);
    });
  }
  await bench.run();
  return bench.tasks.map(({ name, result }) => {
    if (result.state !== 'completed') throw new Error(`${name} did not complete`);
    const { p50, p75, samplesCount } = result.latency;
    return { part: name, calls: samplesCount, medianMs: p50, upperQuartileMs: p75 };
  });
}
