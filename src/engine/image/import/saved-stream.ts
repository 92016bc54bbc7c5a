import { ProtocolError } from '../../protocol-error.ts';

const COMPRESSIONS = ['gz', 'zst', 'xz', 'lz4', 'bz2', 'uncomp'] as const;

/** How a file is compressed, by the ending that Clonezilla gives it; `uncomp` is not at all. */
export type Compression = (typeof COMPRESSIONS)[number];

/** Files that together, one after the other, are the saved form of a partition. */
export interface SavedStream {
  readonly files: readonly string[];
  readonly compression: Compression;
  /** As blkid names it; `unknown` where the partition was copied byte by byte. */
  readonly fileSystem: string;
  /** `whole`: as dd copies it, unless it begins like a partclone image. */
  readonly form: 'partclone' | 'whole';
}

/** `<partition>.<file system>-ptcl-img.<compression>.<part>`; compression and part may be missing. */
const FILE_NAME =
  /^(?<device>[^.]+)\.(?<stem>(?<fileSystem>[A-Za-z0-9_+]+)-(?<tool>ptcl-)?img)(?:\.(?<compression>gz|zst|xz|lz4|bz2|uncomp|lzo|lzip|lz|lrz|lzma))?(?:\.(?<part>[a-z]{2,}))?$/;

/**
 * Finds the files of a partition among the names of a Clonezilla folder; undefined where there are none.
 * Throws a ProtocolError where a part is missing, or was made by a tool that cannot be read.
 */
export function savedStreamOf(device: string, names: readonly string[]): SavedStream | undefined {
  const files = names
    .map((name) => ({ name, ...FILE_NAME.exec(name)?.groups }) as SavedFile)
    .filter((file) => file.device === device)
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  const [first] = files;
  if (first === undefined) return undefined;
  const other = files.find(
    ({ stem, compression }) => stem !== first.stem || compression !== first.compression,
  );
  if (other) throw new ProtocolError(`${device} is saved twice, as ${first.name} and as ${other.name}`);
  assertComplete(device, files);
  const isWhole = first.fileSystem === 'dd';
  if (first.tool === undefined && !isWhole)
    throw new ProtocolError(
      `${first.name} was made by ntfsclone or partimage; only images of partclone and dd can be imported`,
    );
  return {
    files: files.map(({ name }) => name),
    compression: compressionOf(first),
    fileSystem: isWhole ? 'unknown' : first.fileSystem,
    form: isWhole ? 'whole' : 'partclone',
  };
}

interface SavedFile {
  readonly name: string;
  readonly device?: string;
  readonly stem?: string;
  readonly fileSystem: string;
  readonly tool?: string;
  readonly compression?: string;
  readonly part?: string;
}

function compressionOf({ name, compression = 'uncomp' }: SavedFile): Compression {
  const known = COMPRESSIONS.find((each) => each === compression);
  if (known) return known;
  throw new ProtocolError(`${name} is compressed as ${compression}; known are ${COMPRESSIONS.join(', ')}`);
}

/** split(1) counts aa, ab ... az, ba. */
function assertComplete(device: string, files: readonly SavedFile[]): void {
  if (files.length === 1 && files[0]!.part === undefined) return;
  files.forEach(({ part }, place) => {
    const expected = String.fromCharCode(97 + Math.floor(place / 26), 97 + (place % 26));
    if (part !== expected) throw new ProtocolError(`the part ${expected} of ${device} is missing`);
  });
}
