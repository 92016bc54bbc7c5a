/** One entry of an initial RAM disk. */
export type CpioEntry =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'file'; readonly path: string; readonly bytes: Uint8Array; readonly isProgram: boolean }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  | { readonly kind: 'device'; readonly path: string; readonly major: number; readonly minor: number };

/** Types and permissions as stat(2) has them. */
const MODES = {
  folder: 0o040755,
  file: 0o100644,
  program: 0o100755,
  link: 0o120777,
  device: 0o020600,
} as const;
const NOTHING = new Uint8Array(0);

/**
 * An archive in the format `newc`, which the kernel unpacks (Documentation/driver-api/early-userspace/buffer-format).
 * Owner, times and inode numbers say nothing of the build: the same entries give the same bytes.
 */
export function encodeCpio(entries: readonly CpioEntry[]): Uint8Array {
  const parts = entries.flatMap((entry, place) => encodeEntry(entry, place + 1));
  parts.push(...encodeEntry({ kind: 'file', path: 'TRAILER!!!', bytes: NOTHING, isProgram: false }, 0));
  return Buffer.concat(parts);
}

function encodeEntry(entry: CpioEntry, inode: number): Uint8Array[] {
  const content = contentOf(entry);
  const name = Buffer.from(`${entry.path}\0`);
  const [major, minor] = entry.kind === 'device' ? [entry.major, entry.minor] : [0, 0];
  const links = entry.kind === 'folder' ? 2 : 1;
  const fields = [inode, modeOf(entry), 0, 0, links, 0, content.length, 0, 0, major, minor, name.length, 0];
  const header = Buffer.from(`070701${fields.map(hex).join('')}`);
  return [header, name, padding(header.length + name.length), content, padding(content.length)];
}

function modeOf(entry: CpioEntry): number {
  return entry.kind === 'file' && entry.isProgram ? MODES.program : MODES[entry.kind];
}

function contentOf(entry: CpioEntry): Uint8Array {
  if (entry.kind === 'file') return entry.bytes;
  return entry.kind === 'link' ? Buffer.from(entry.target) : NOTHING;
}

function hex(field: number): string {
  return field.toString(16).toUpperCase().padStart(8, '0');
}

/** Header with name, and content, take a multiple of four bytes each. */
function padding(bytes: number): Uint8Array {
  return new Uint8Array((4 - (bytes % 4)) % 4);
}
