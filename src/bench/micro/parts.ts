import { Bench } from 'tinybench';
import { type DeploymentModel, simulate } from '../../sim/index.ts';

/** Speed of one part, over `calls` calls of about a second in all. */
export interface PartSpeed {
  readonly part: string;
  readonly calls: number;
  readonly medianMs: number;
  /** Three of four calls took at most this long. */
  readonly upperQuartileMs: number;
}

/** Measures the simulations that waiting time hangs on (tinybench); wall time, so compare within one call. */
export async function measureParts(): Promise<PartSpeed[]> {
  const bench = new Bench({ time: 1000, warmupTime: 200, throws: true });
  for (const [machines, downBps] of [
    [20, LINK_BPS],
    [20, Infinity],
    [100, Infinity],
  ] as const) {
    const downloads = downBps === Infinity ? 'downloads unlimited' : 'links equal';
    bench.add(`simulate P2P, ${machines} machines, 256 pieces, ${downloads}`, () => {
      simulate(aSwarm(machines, downBps), 1);
    });
  }
  await bench.run();
  return bench.tasks.map(({ name, result }) => {
    if (result.state !== 'completed') throw new Error(`${name} did not complete`);
    const { p50, p75, samplesCount } = result.latency;
    return { part: name, calls: samplesCount, medianMs: p50, upperQuartileMs: p75 };
  });
}

const LINK_BPS = 12.5e6;
const PIECE_BYTES = 2 ** 20;

function aSwarm(machines: number, downBps: number): DeploymentModel {
  const bytes = 256 * PIECE_BYTES;
  return {
    wireBytes: bytes,
    rawBytes: bytes,
    pieceBytes: PIECE_BYTES,
    server: { upBps: LINK_BPS, downBps: Infinity },
    sites: [{ name: '', wan: { upBps: Infinity, downBps: Infinity } }],
    machines: Array.from({ length: machines }, () => ({
      link: { upBps: LINK_BPS, downBps },
      site: 0,
      diesAfterS: Infinity,
      joinsAfterS: 0,
    })),
    connectionCapBps: Infinity,
    latencyS: 0,
    loss: 0,
    arrival: { kind: 'together' },
    seederLeavesAfterBytes: Infinity,
    phases: { boot: 0, register: 0, partition: 0, metainfo: 0, finish: 0 },
    disk: { readBps: Infinity, writeBps: Infinity, isShared: false, isReadBack: false, isSerialWrite: false },
    transport: {
      transport: 'p2p',
      handout: 'regular',
      uploadSlots: 4,
      seederSlots: 5,
      neighbours: 50,
      picker: 'rarest',
      randomFirst: 0,
      choker: 'grants',
      seeder: 'dealing',
    },
  };
}
