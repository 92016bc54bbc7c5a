import type {
  ChainModel,
  DeploymentModel,
  DiskModel,
  FixedPhases,
  LinkModel,
  MachineModel,
  MulticastModel,
  P2pModel,
  UnicastModel,
} from '../../src/sim/deployment-model.ts';

/** Bytes of a piece, and bytes per second of a link: one piece takes one second, and sums of them are exact. */
export const PIECE_BYTES = 2 ** 20;
export const LINK_BPS = 2 ** 20;

const UNLIMITED: LinkModel = { upBps: Infinity, downBps: Infinity };

/** What a test cares about; the rest has round numbers. */
interface Wishes extends Partial<Omit<DeploymentModel, 'machines' | 'phases' | 'disk'>> {
  /** How many, or what is special about each of them. Default: 4. */
  readonly machines?: number | readonly Partial<MachineModel>[];
  /** M; F/b is as many seconds. Default: 8. */
  readonly pieces?: number;
  /** Link of the server and of every machine that has none of its own. Default: uplinks equal, downloads free. */
  readonly link?: LinkModel;
  readonly phases?: Partial<FixedPhases>;
  readonly disk?: Partial<DiskModel>;
}

/** A deployment that starts all at once, over links alone: no delay, no loss, no disk limit, no fixed phases. */
export function aModel(wishes: Wishes = {}): DeploymentModel {
  const { machines = 4, pieces = 8, link = { upBps: LINK_BPS, downBps: Infinity } } = wishes;
  const { phases, disk, machines: _machines, pieces: _pieces, link: _link, ...others } = wishes;
  const wireBytes = pieces * PIECE_BYTES;
  return {
    wireBytes,
    rawBytes: wireBytes,
    pieceBytes: PIECE_BYTES,
    server: link,
    sites: [{ name: 'home', wan: UNLIMITED }],
    machines: machinesOf(machines, link),
    connectionCapBps: Infinity,
    rateTolerance: 0,
    latencyS: 0,
    loss: 0,
    arrival: { kind: 'together' },
    seederLeavesAfterBytes: Infinity,
    phases: { boot: 0, register: 0, partition: 0, metainfo: 0, finish: 0, ...phases },
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
      ...disk,
    },
    transport: aSwarm(),
    ...others,
  };
}

function machinesOf(machines: number | readonly Partial<MachineModel>[], link: LinkModel): MachineModel[] {
  const special = typeof machines === 'number' ? Array.from({ length: machines }, () => ({})) : machines;
  return special.map((machine) => ({ link, site: 0, diesAfterS: Infinity, joinsAfterS: 0, ...machine }));
}

/** `count` machines of which the first few are special. */
export function someMachines(
  count: number,
  special: number,
  machine: Partial<MachineModel>,
): Partial<MachineModel>[] {
  return Array.from({ length: count }, (_, place) => (place < special ? machine : {}));
}

/** The swarm as it comes: slots and neighbours are the defaults of a scenario. */
export function aSwarm(wishes: Partial<P2pModel> = {}): P2pModel {
  return {
    transport: 'p2p',
    handout: 'regular',
    uploadSlots: 4,
    seederSlots: 5,
    neighbours: 50,
    picker: 'rarest',
    randomFirst: 0,
    choker: 'grants',
    seeder: 'dealing',
    staysForS: Infinity,
    ...wishes,
  };
}

/** Unicast to all at once, or in waves. */
export function aUnicast(wave = Infinity): UnicastModel {
  return { transport: 'unicast', wave };
}

/** A multicast whose sender is limited by its link alone and waits for nobody; a packet is 1/1024 of a piece. */
export function aMulticast(wishes: Partial<MulticastModel> = {}): MulticastModel {
  return {
    transport: 'multicast',
    rateBps: Infinity,
    packetBytes: 1024,
    waitS: 0,
    roundS: 0,
    dropAfterS: 0,
    ...wishes,
  };
}

/** A chain whose hops take this long to set up, or a tree. */
export function aChain(hopSetUpS = 0, children = 1): ChainModel {
  return { transport: 'chain', hopSetUpS, children };
}
