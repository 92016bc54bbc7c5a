import type { Command } from './pipe-script.ts';

/** Makes the disk of a payload: its frames, one after the other, are those of zstd (RFC 8878). */
export const UNPACKER: Command = ['zstd', '-q', '-d', '-c'];

export const WRITER = 'dd';

/** Writes what comes onto an existing file from its first byte on. */
export function writing(file: string): Command {
  return [WRITER, `of=${file}`, 'bs=1M', 'iflag=fullblock', 'conv=notrunc', 'status=none'];
}
