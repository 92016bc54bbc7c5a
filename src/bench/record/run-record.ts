/**
 * Ways to bring the image to the machines. `p2p` is our own client; other clients of the same protocol are transports
 * under their own names, known to labs only. The two of Clonezilla send its own form of the image through its own programs.
 */
export const TRANSPORTS = [
  'p2p',
  'webtorrent',
  'aria2',
  'libtorrent',
  'unicast',
  'clonezilla-unicast',
  'multicast',
  'clonezilla-multicast',
  'chain',
] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** Who answers a scenario: closed formulas, formulas for very many machines, the simulator, or real bytes: over loopback, over a network of namespaces, between virtual machines from power-on, or between real machines. */
export const EXECUTORS = ['theory', 'fluid', 'sim', 'local', 'netns', 'vm', 'hardware'] as const;
export type ExecutorName = (typeof EXECUTORS)[number];

/** `published` marks a cell taken from a publication (`measured:` in a scenario file). */
export type RecordSource = ExecutorName | 'published';

/** The phases of a deployment in their order; `write` exists only where the image is stored first and written after. */
export const PHASES = [
  'boot',
  'register',
  'metainfo',
  'partition',
  'scan',
  'download',
  'write',
  'verify',
  'finish',
] as const;
export type Phase = (typeof PHASES)[number];

/** Start and end of a phase [s], counted from the first power-on of the run. */
export type PhaseTimes = Readonly<Partial<Record<Phase, readonly [startS: number, endS: number]>>>;

/** Bytes that crossed a link, frames with their headers. */
export interface LinkBytes {
  readonly upBytes: number;
  readonly downBytes: number;
}

/** What a host used from the start barrier to the last verified piece of the run; left out where not known. */
export interface HostUse {
  /** Processor time of its processes [s]. */
  readonly cpuS?: number;
  /** Most memory that each of its processes ever held (resident set), by the name of the process. */
  readonly peakMemoryBytes?: Readonly<Record<string, number>>;
  /** What crossed its network interface. */
  readonly link?: LinkBytes;
}

/** What became of the golden image on one machine. */
export interface ImageUse {
  /** Of the whole image, as it is sent and as it is on the disk. */
  readonly wireBytes: number;
  readonly rawBytes: number;
  readonly chunks: number;
  /** Chunks that were on the disk before. */
  readonly reusedChunks: number;
  /** Chunks that did not stay as they were written, and came again. */
  readonly refetchedChunks: number;
}

/** What happened to one machine. Times in seconds from the first power-on of the run. */
export interface MachineResult extends HostUse {
  /** `m001`, `m002`, ... in order of arrival. */
  readonly machine: string;
  readonly poweredOnS: number;
  /** End of the last phase, or null for a machine that did not finish. */
  readonly doneS: number | null;
  readonly phases: PhaseTimes;
  /** Payload bytes, both directions, wire encoding. */
  readonly uploadedBytes: number;
  readonly downloadedBytes: number;
  /** Payload bytes by sender (`server`, a machine, or another seeder); left out where the run is too large to keep it, empty where the client does not tell. */
  readonly receivedFrom?: Readonly<Record<string, number>>;
  /** When each piece was whole at this machine [s], by piece, null if never; kept of one small run of a scenario. */
  readonly pieceTimesS?: readonly (number | null)[];
  /** Left out where there is no real disk, and for a machine that did not get it. */
  readonly image?: ImageUse;
  /** True when the disk was found identical to the golden image; of a simulated machine, which has none, when it finished. */
  readonly isVerified: boolean;
  /** One sentence for people, or null. */
  readonly failure: string | null;
}

/** Outcome known as numbers only: a closed formula, or a cell of a publication. Times in seconds. */
export interface FormulaResult {
  /** First power-on to last machine done, all phases. */
  readonly makespanS: number;
  /** Start barrier to last verified piece written, or null where not known. */
  readonly transferS: number | null;
  readonly meanLatencyS: number | null;
  readonly serverCopies: number | null;
}

/** Lower bounds of the transfer [s] to the machines of this run that were verified (design: `src/sim/theory`). */
export interface TransferBounds {
  /** Of this transport: Kumar-Ross (where all comes from the server, their client-server form); multicast: max{F/u_s, F/d_min}. */
  readonly lowerBoundS: number;
  /** Mundinger, where uplinks are equal and a machine takes every piece whole from one source; else null. */
  readonly pieceBoundS: number | null;
  /** tau = F/b: one whole copy over the server's uplink. */
  readonly copyS: number;
}

/** Enough of the machine to tell two labs apart. */
export interface HostFingerprint {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryMiB: number;
  readonly platform: string;
}

/** One run = one line of `records.jsonl`. Reports are made from these lines alone. */
export interface RunRecord {
  readonly format: 'swarmboot-run/1';
  /** ISO 8601, UTC. */
  readonly recordedAt: string;
  readonly scenario: {
    readonly name: string;
    readonly title: string;
    /** SHA-256 of the scenario's settings without its variants: records of different digests are not mixed in one report. */
    readonly digest: string;
    /** The settings of this run as people wrote them, variant applied. */
    readonly settings: unknown;
  };
  readonly source: RecordSource;
  readonly transport: Transport;
  /** `""` for the plain scenario. */
  readonly variant: string;
  readonly machines: number;
  /** Null where nothing is drawn at random. */
  readonly randomSeed: number | null;
  /** For example `{"swarmboot": "0.1.0", "code": "5d41402abc4b", "node": "24.21.0"}`; older records lack `code`. */
  readonly versions: Readonly<Record<string, string>>;
  readonly host: HostFingerprint;
  /** What the run rests on beside the settings: the probe of a simulation, the disk image of a lab. */
  readonly basis?: string;
  /** F: bytes that one machine has to receive. */
  readonly wireBytes: number;
  /** Null for published cells, whose network is not known. */
  readonly bounds: TransferBounds | null;
  /** Set for `theory` and `published`; null for runs. */
  readonly formula: FormulaResult | null;
  /** Start of the transfer [s]: the barrier, or the first download. */
  readonly barrierS: number;
  /** Empty for `theory` and `published`. */
  readonly fleet: readonly MachineResult[];
  /** Payload bytes that left the server; null where not known. */
  readonly serverUploadedBytes: number | null;
  /** Payload bytes that other seeders sent together; left out where the server is the only one. */
  readonly seedersUploadedBytes?: number;
  /** As `cpuS`, `link` and `peakMemoryBytes` of a machine. */
  readonly serverCpuS?: number;
  readonly serverLink?: LinkBytes;
  readonly serverPeakMemoryBytes?: Readonly<Record<string, number>>;
  /** What crossed the WAN link of each site in that time, in the order of the scenario's sites. */
  readonly siteLinks?: readonly LinkBytes[];
  /** Share of the computer's processors that was in use in that time, by the lab and by others, 0 to 1. */
  readonly busyShare?: number;
  /**
   * Part of `busyShare`: what the kernel did in the name of no process, most of it for packets. Older records lack it, and
   * their `busyShare` lacks this part and what other virtual machines had of the processors.
   */
  readonly softirqShare?: number;
  /** Time from the start of the transfer at which the run was ended [s], where machines had not finished by then. */
  readonly unfinishedAfterS?: number;
  /** Digest of the ordered event trace; null where time is real. */
  readonly traceDigest: string | null;
  /** What the reader must know to judge this run; collected in the report's Limitations. */
  readonly limitations: readonly string[];
  /** Where a published cell stands. */
  readonly citation: string | null;
}
