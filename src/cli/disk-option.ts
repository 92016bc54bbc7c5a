import type { DiskWish } from '../engine/index.ts';
import { ConfigError } from '../failure.ts';

/** What `--disk` is, in the help of commands that arm machines. */
export const DISK_HELP =
  'of each machine: serial=..., wwn=..., path=..., or only: of its internal disks the only one that is at least as large as the golden disk (default: only; name the disk where machines have several)';

/** Reads `only`, `serial=...`, `wwn=...` or `path=...`. */
export function diskWishOf(text: string): DiskWish {
  if (text === 'only') return { by: 'only' };
  const [, by, is] = /^(serial|wwn|path)=(.+)$/.exec(text) ?? [];
  if (by !== undefined && is !== undefined) return { by: by as 'serial' | 'wwn' | 'path', is };
  throw new ConfigError(
    '--disk',
    `found \`${text}\`; allowed are \`only\`, \`serial=...\`, \`wwn=...\` and \`path=...\``,
  );
}

/** The same for a server, which is told what was written. @returns nothing of it where nothing was written */
export function diskOption(text: string | undefined): { readonly disk?: string } {
  if (text === undefined) return {};
  diskWishOf(text);
  return { disk: text };
}
