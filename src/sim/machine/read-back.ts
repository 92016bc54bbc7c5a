/** When an agent flushes its disk, looked at whenever something has been written: after so many raw bytes, or this time. */
export const FLUSHED_BYTES = 32 * 2 ** 20;
export const FLUSHED_S = 2;

/**
 * Machines that read back what has been flushed while the rest comes, beside whatever else their disks have to do, as our
 * agent does where a disk has no heads (`engine/agent/early-read-back.ts`). Bytes are wire bytes.
 */
export interface ReadBack {
  /**
   * The image begins to come. May be told once more, where it has waited until now.
   * @param foundBytes what an earlier life of the machine has left on the disk
   * @param comeBytes of a stream: what is on the disk by now, the found bytes among it
   */
  begin(machine: number, foundBytes: number, comeBytes?: () => number): void;
  /** So much more is on the disk. */
  written(machine: number, bytes: number): void;
  /** Nothing more comes. @returns bytes that have been read back */
  end(machine: number): number;
}
