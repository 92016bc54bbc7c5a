import type { AgentPhase } from '../../../engine/index.ts';
import type { ImageUse, MachineResult, Phase, PhaseTimes } from '../../record/run-record.ts';
import type { AgentReport, MachineTraffic } from './lab-messages.ts';

export type MachineState = 'waiting' | AgentPhase | 'seeding' | 'failed';

const NO_TRAFFIC: MachineTraffic = { uploadedBytes: 0, downloadedBytes: 0, receivedFrom: {} };

/** What the lab heard of one machine. Times are those of the host's monotonic clock [ms]. */
export class MachineLog {
  readonly machine: string;
  #state: MachineState = 'waiting';
  #poweredOnMs: number | null = null;
  #doneMs: number | null = null;
  #failure: string | null = null;
  #share = 0;
  #image: ImageUse | undefined;
  readonly #phases = new Map<AgentPhase, [startMs: number, endMs: number | null]>();
  #traffic = NO_TRAFFIC;
  /** From before it lost its power. */
  #earlierTraffic = NO_TRAFFIC;

  constructor(machine: string) {
    this.machine = machine;
  }

  get state(): MachineState {
    return this.#state;
  }

  /** Part of the phase that is done, 0 to 1. */
  get share(): number {
    return this.#share;
  }

  get downloadedBytes(): number {
    return this.#traffic.downloadedBytes;
  }

  get downloadStartedMs(): number | null {
    return this.#phases.get('download')?.[0] ?? null;
  }

  /** True once the last piece is on the disk. */
  get hasImage(): boolean {
    return (this.#phases.get('download')?.[1] ?? null) !== null;
  }

  get isDone(): boolean {
    return this.#doneMs !== null;
  }

  /** As the watch of a run names it. */
  get shownPhase(): AgentPhase | 'waiting' | 'done' | 'failed' {
    return this.#state === 'seeding' ? 'done' : this.#state;
  }

  /** True for a machine that makes no bytes arrive and yet is not stuck. */
  get isWorkingAlone(): boolean {
    return ['waiting', 'partition', 'scan', 'verify', 'finish'].includes(this.#state);
  }

  /** True when nothing more is expected of the deployment of this machine. */
  get isSettled(): boolean {
    return this.isDone || this.#failure !== null;
  }

  /** The first time counts: how long it took is told from there, however often it had to start. */
  poweredOn(atMs: number): void {
    this.#poweredOnMs ??= atMs;
  }

  /** It will go through all phases again, and only what it received stays in the books. */
  lostPower(): void {
    this.#state = 'waiting';
    this.#share = 0;
    this.#phases.clear();
    this.#earlierTraffic = this.#traffic;
  }

  reported(report: AgentReport): void {
    switch (report.kind) {
      case 'phaseStarted':
        this.#phases.set(report.phase, [report.atMs, null]);
        this.#state = report.phase;
        this.#share = 0;
        return;
      case 'phaseEnded':
        this.#ended(report.phase, report.atMs);
        if (report.phase === 'finish') this.#doneMs = report.atMs;
        return;
      case 'progressed':
        this.#traffic = added(this.#earlierTraffic, report.traffic);
        this.#share = report.share;
        return;
      case 'done':
        this.#state = 'seeding';
        this.#image = report.image;
        this.#share = 1;
        if (report.image.refetchedChunks > 0) this.#mended(report.image.refetchedChunks);
        return;
      case 'failed':
        this.failed(report.failure.sentence);
        return;
      case 'released':
        this.#traffic = added(this.#earlierTraffic, report.traffic);
        return;
      case 'ready':
        return;
    }
  }

  /** A console may have lost the line that told of its beginning: then nobody knows how long it took. */
  #ended(phase: AgentPhase, atMs: number): void {
    const times = this.#phases.get(phase);
    if (times) times[1] = atMs;
  }

  /** Only the first failure counts, and none after the machine was done: it kept serving others until then. */
  failed(sentence: string): void {
    if (this.isSettled) return;
    this.#failure = sentence;
    this.#state = 'failed';
  }

  /** The disk of a machine that was done is not identical to the golden image after all. */
  disproved(offset: number): void {
    this.undone(`its disk differs from the golden image at offset ${offset}, although every piece matched`);
  }

  /** Whatever its agent has said: the machine is not what it was to become. */
  undone(sentence: string): void {
    this.#doneMs = null;
    this.failed(sentence);
  }

  /** Disks of a lab do not lie: what was not right when it was read back, the transport had left wrong. */
  #mended(chunks: number): void {
    this.#doneMs = null;
    this.failed(`${chunks} chunks of its disk were not as the golden image when they were read back`);
  }

  /**
   * Once its disk has been compared: a machine that is still done then is verified.
   * @param originMs the first power-on of the run
   */
  result(originMs: number, nameOf: (peerId: string) => string): MachineResult {
    const toSeconds = (atMs: number) => (atMs - originMs) / 1000;
    const { uploadedBytes, downloadedBytes, receivedFrom } = this.#traffic;
    return {
      machine: this.machine,
      poweredOnS: toSeconds(this.#poweredOnMs ?? originMs),
      doneS: this.#doneMs === null ? null : toSeconds(this.#doneMs),
      phases: this.#phaseTimes(toSeconds),
      uploadedBytes,
      downloadedBytes,
      receivedFrom: Object.fromEntries(
        Object.entries(receivedFrom).map(([peerId, bytes]) => [nameOf(peerId), bytes]),
      ),
      ...(this.#image && { image: this.#image }),
      isVerified: this.isDone,
      failure: this.#failure,
    };
  }

  /** Phases that ended. */
  #phaseTimes(toSeconds: (atMs: number) => number): PhaseTimes {
    const times: Partial<Record<Phase, readonly [number, number]>> = {};
    for (const [phase, [startMs, endMs]] of this.#phases) {
      if (endMs !== null) times[phase] = [toSeconds(startMs), toSeconds(endMs)];
    }
    return times;
  }
}

function added(one: MachineTraffic, other: MachineTraffic): MachineTraffic {
  const receivedFrom = { ...one.receivedFrom };
  for (const [peerId, bytes] of Object.entries(other.receivedFrom))
    receivedFrom[peerId] = (receivedFrom[peerId] ?? 0) + bytes;
  return {
    uploadedBytes: one.uploadedBytes + other.uploadedBytes,
    downloadedBytes: one.downloadedBytes + other.downloadedBytes,
    receivedFrom,
  };
}
