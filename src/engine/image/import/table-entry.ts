import { ProtocolError } from '../../protocol-error.ts';

/** A partition of a partition table. */
export interface TableEntry {
  /** From 1; logical partitions of a MBR from 5. */
  readonly number: number;
  readonly startBytes: number;
  readonly bytes: number;
  /** A GUID (GPT) or hexadecimal digits (MBR), in lower case. */
  readonly type: string;
}

/**
 * Throws a ProtocolError where a saved table has other partitions than were told: data would be written to places where
 * nobody looks for it.
 */
export function assertSameEntries(
  told: readonly TableEntry[],
  saved: readonly Omit<TableEntry, 'type'>[],
  file: string,
): void {
  for (const { number, startBytes, bytes } of told) {
    const entry = saved.find((other) => other.number === number);
    if (entry?.startBytes !== startBytes || entry.bytes !== bytes)
      throw new ProtocolError(
        `${file}: partition ${number} is ${entry ? `at ${entry.startBytes} with ${entry.bytes} bytes` : 'missing'}; the partition table in text has it at ${startBytes} with ${bytes} bytes`,
      );
  }
  const untold = saved.find(({ number }) => !told.some((other) => other.number === number));
  if (untold)
    throw new ProtocolError(`${file}: it has a partition ${untold.number} that the table in text lacks`);
}
