/** What a program needs beside its own file. */
export interface ElfDependencies {
  /** Path of the dynamic loader; none for a static program or a library. */
  readonly interpreter: string | undefined;
  /** Names of shared libraries. */
  readonly libraries: readonly string[];
}

/** ELF-64, little-endian (System V ABI, "Program Loading and Dynamic Linking"). */
const IDENT = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1]);
const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const PT_INTERP = 3;
const DT_NULL = 0n;
const DT_NEEDED = 1n;
const DT_STRTAB = 5n;

interface Segment {
  readonly kind: number;
  readonly offset: number;
  readonly address: number;
  readonly bytes: number;
}

/** Throws a RangeError where the file is cut short. @returns undefined where it is no ELF file */
export function elfDependencies(file: Buffer): ElfDependencies | undefined {
  if (!file.subarray(0, IDENT.length).equals(IDENT)) return undefined;
  const segments = segmentsOf(file);
  const interpreter = segments.find(({ kind }) => kind === PT_INTERP);
  const dynamic = segments.find(({ kind }) => kind === PT_DYNAMIC);
  return {
    interpreter: interpreter && textAt(file, interpreter.offset),
    libraries: dynamic ? neededLibraries(file, dynamic, segments) : [],
  };
}

function segmentsOf(file: Buffer): Segment[] {
  const table = Number(file.readBigUInt64LE(32));
  const entryBytes = file.readUInt16LE(54);
  return Array.from({ length: file.readUInt16LE(56) }, (_, number) => {
    const at = table + number * entryBytes;
    return {
      kind: file.readUInt32LE(at),
      offset: Number(file.readBigUInt64LE(at + 8)),
      address: Number(file.readBigUInt64LE(at + 16)),
      bytes: Number(file.readBigUInt64LE(at + 32)),
    };
  });
}

function neededLibraries(file: Buffer, dynamic: Segment, segments: readonly Segment[]): string[] {
  const names: number[] = [];
  let strings = 0;
  for (let at = dynamic.offset; at < dynamic.offset + dynamic.bytes; at += 16) {
    const tag = file.readBigInt64LE(at);
    const value = Number(file.readBigUInt64LE(at + 8));
    if (tag === DT_NULL) break;
    if (tag === DT_NEEDED) names.push(value);
    if (tag === DT_STRTAB) strings = fileOffsetOf(value, segments);
  }
  return names.map((name) => textAt(file, strings + name));
}

function fileOffsetOf(address: number, segments: readonly Segment[]): number {
  const segment = segments.find(
    (one) => one.kind === PT_LOAD && address >= one.address && address < one.address + one.bytes,
  );
  if (!segment) throw new RangeError(`no segment has the address ${address}`);
  return segment.offset + address - segment.address;
}

function textAt(file: Buffer, offset: number): string {
  return file.toString('latin1', offset, file.indexOf(0, offset));
}
