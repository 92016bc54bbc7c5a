import type { DeploymentModel, MachineModel, P2pModel } from '../../sim/index.ts';

/** A swarm whose simulation is measured as a whole. */
export interface SimWorkload {
  readonly swarm: 'pieces';
  readonly name: string;
  readonly peers: number;
  readonly pieces: number;
  readonly model: DeploymentModel;
}

/** What a workload is like beside its size. */
interface SwarmWishes {
  readonly peers: number;
  readonly pieces: number;
  readonly pieceBytes?: number;
  readonly linkBps?: number;
  /** Infinity for machines that take whatever comes. */
  readonly downBps?: number;
  readonly connectionCapBps?: number;
  readonly swarm?: Partial<P2pModel>;
}

/** A link of 1 Gbit/s. */
const LINK_BPS = 125e6;
/** 94 and 27 Mbit/s, as in `scenarios/table-1.yaml`. */
const PAPER_LINK_BPS = 11.75e6;
const PAPER_CAP_BPS = 3.375e6;
const MIB = 2 ** 20;
/**
 * Swarms of this size pick the rarest of a sample: exact buckets take more memory and time. Two slots are done as soon as
 * four where there is no delay to bridge, and have half the flows.
 */
const LARGE = { swarm: { picker: 'sampled', uploadSlots: 2 } } as const;

/** Pieces of the workloads that show how the cost grows with the number of peers. */
export const GROWTH_PIECES = 256;

/** Workloads that have goals, and those beside which growth is shown. */
export const SIM_WORKLOADS: readonly SimWorkload[] = [
  aWorkload('open-1000x1000', { peers: 1000, pieces: 1000, downBps: Infinity, ...LARGE }),
  aWorkload('capped-1000x1000', {
    peers: 1000,
    pieces: 1000,
    connectionCapBps: LINK_BPS / 2,
    ...LARGE,
  }),
  aWorkload('paper-20x4292', {
    peers: 20,
    pieces: 4292,
    pieceBytes: 4 * MIB,
    linkBps: PAPER_LINK_BPS,
    connectionCapBps: PAPER_CAP_BPS,
  }),
  aWorkload('1000x4292', { peers: 1000, pieces: 4292, ...LARGE }),
  aWorkload('10000x1000', { peers: 10_000, pieces: 1000, ...LARGE }),
  aWorkload('1000x256', { peers: 1000, pieces: GROWTH_PIECES, ...LARGE }),
  aWorkload('10000x256', { peers: 10_000, pieces: GROWTH_PIECES, ...LARGE }),
  aWorkload('100000x256', { peers: 100_000, pieces: GROWTH_PIECES, ...LARGE }),
];

/** A swarm of equal links and our policies. */
export function aWorkload(name: string, wishes: SwarmWishes): SimWorkload {
  const { peers, pieces, pieceBytes = MIB, linkBps = LINK_BPS, downBps = linkBps } = wishes;
  const model: DeploymentModel = {
    wireBytes: pieces * pieceBytes,
    rawBytes: pieces * pieceBytes,
    pieceBytes,
    server: { upBps: linkBps, downBps: Infinity },
    sites: [{ name: '', wan: { upBps: Infinity, downBps: Infinity } }],
    machines: Array<MachineModel>(peers).fill({
      link: { upBps: linkBps, downBps },
      site: 0,
      diesAfterS: Infinity,
      joinsAfterS: 0,
    }),
    connectionCapBps: wishes.connectionCapBps ?? Infinity,
    rateTolerance: 0,
    latencyS: 0,
    loss: 0,
    arrival: { kind: 'together' },
    seederLeavesAfterBytes: Infinity,
    phases: { boot: 0, register: 0, partition: 0, metainfo: 0, finish: 0 },
    disk: {
      readBps: Infinity,
      writeBps: Infinity,
      isShared: false,
      isReadBack: false,
      isSerialWrite: false,
      seekS: 0,
      dirtyBytes: 0,
      recentBytes: 0,
      decodeBps: Infinity,
    },
    transport: {
      transport: 'p2p',
      handout: 'regular',
      uploadSlots: 4,
      seederSlots: 5,
      neighbours: 24,
      picker: 'rarest',
      randomFirst: 0,
      choker: 'grants',
      seeder: 'dealing',
      staysForS: Infinity,
      ...wishes.swarm,
    },
  };
  return { swarm: 'pieces', name, peers, pieces, model };
}
