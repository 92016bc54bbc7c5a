import type { HostUse, LinkBytes } from '../../record/run-record.ts';

/** What is read of a host at one moment; null where that is not known. */
export interface HostReading {
  /** Processor time of its processes so far [s]. */
  readonly cpuS: number | null;
  /** Most memory so far, by process. */
  readonly peakMemoryBytes: Readonly<Record<string, number>> | null;
}

/** Of a process that is gone. */
export const NOTHING_READ: HostReading = { cpuS: null, peakMemoryBytes: null };

/** What one host uses between the first and the last reading. */
export class HostMeter {
  #cpuS: readonly [first: number, last: number] | null = null;
  #link: readonly [first: LinkBytes, last: LinkBytes] | null = null;
  #peakMemoryBytes: Record<string, number> = {};
  #isClosed = false;

  /** A process that is gone keeps what was read last. */
  read({ cpuS, peakMemoryBytes }: HostReading): void {
    if (this.#isClosed) return;
    if (cpuS !== null) this.#cpuS = [this.#cpuS?.[0] ?? cpuS, cpuS];
    for (const [process, bytes] of Object.entries(peakMemoryBytes ?? {})) {
      this.#peakMemoryBytes[process] = Math.max(bytes, this.#peakMemoryBytes[process] ?? 0);
    }
  }

  linkRead(bytes: LinkBytes): void {
    if (!this.#isClosed) this.#link = [this.#link?.[0] ?? bytes, bytes];
  }

  /** Whatever is read from now on does not count, until it is opened again. */
  close(): void {
    this.#isClosed = true;
  }

  open(): void {
    this.#isClosed = false;
  }

  get use(): HostUse {
    return {
      ...(this.#cpuS === null ? {} : { cpuS: hundredths(this.#cpuS[1] - this.#cpuS[0]) }),
      ...(this.#link === null ? {} : { link: difference(...this.#link) }),
      ...(Object.keys(this.#peakMemoryBytes).length === 0
        ? {}
        : { peakMemoryBytes: { ...this.#peakMemoryBytes } }),
    };
  }
}

function difference(first: LinkBytes, last: LinkBytes): LinkBytes {
  return { upBytes: last.upBytes - first.upBytes, downBytes: last.downBytes - first.downBytes };
}

/** To the tick of the system's clock. */
function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}
