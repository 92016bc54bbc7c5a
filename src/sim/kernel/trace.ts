import { TraceDigest } from './trace-digest.ts';

/** Kinds of trace events, as the digest knows them. */
export const TRACE = {
  poweredOn: 1,
  joined: 2,
  pieceReceived: 3,
  downloaded: 4,
  died: 5,
  done: 6,
  left: 7,
  failed: 8,
  pieceSpoiled: 9,
} as const;
export type TraceKind = keyof typeof TRACE;

/** Something that happened to a machine. */
export interface TraceEvent {
  /** Virtual seconds from the first power-on. */
  readonly timeS: number;
  readonly kind: TraceKind;
  /** 1 to n. */
  readonly machine: number;
  /** Of `pieceReceived`: which piece, and from whom; 0 is the server. */
  readonly piece?: number;
  readonly sender?: number;
}

/** Hears of every event as it happens. */
export type TraceListener = (event: TraceEvent) => void;

/** What happened in a simulation, in order: a digest of all of it, and whoever wants to hear it. */
export class Trace {
  readonly digest = new TraceDigest();
  readonly #listener: TraceListener | undefined;

  constructor(listener?: TraceListener) {
    this.#listener = listener;
  }

  add(timeS: number, kind: Exclude<TraceKind, 'pieceReceived'>, machine: number): void {
    this.digest.add(timeS, TRACE[kind], machine);
    this.#listener?.({ timeS, kind, machine });
  }

  addPiece(
    timeS: number,
    { machine, piece, sender }: { machine: number; piece: number; sender: number },
  ): void {
    this.digest.add(timeS, TRACE.pieceReceived, machine, piece, sender);
    this.#listener?.({ timeS, kind: 'pieceReceived', machine, piece, sender });
  }
}
