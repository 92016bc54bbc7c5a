/** Bytes at the start of a file that `kindOfNoDisk` looks at. */
export const START_BYTES = 512;

interface Mark {
  readonly name: string;
  readonly at: number;
  readonly bytes: Buffer;
  readonly remedy: string;
}

/** qemu-img reads them. */
const CONVERT = 'make a plain disk of it with `qemu-img convert -O raw`';
const AS_FILES = 'it holds files, so import it with --kind files';

/**
 * What passes for a disk as long as nobody looks: disks of virtual machines (QEMU: block/vmdk.c, vhdx.h, vpc.c, vdi.c,
 * qed.h), what partclone saved of one partition, and archives (POSIX.1-1988; Microsoft, "Windows Imaging File Format").
 */
const MARKS: readonly Mark[] = [
  { name: 'a disk of kind VMDK', at: 0, bytes: Buffer.from('KDMV'), remedy: CONVERT },
  { name: 'a disk of kind VMDK', at: 0, bytes: Buffer.from('COWD'), remedy: CONVERT },
  {
    name: 'what describes a disk of kind VMDK',
    at: 0,
    bytes: Buffer.from('# Disk Descriptor'),
    remedy: CONVERT,
  },
  { name: 'a disk of kind VHDX', at: 0, bytes: Buffer.from('vhdxfile'), remedy: CONVERT },
  { name: 'a disk of kind VHD', at: 0, bytes: Buffer.from('conectix'), remedy: CONVERT },
  { name: 'a disk of kind VDI', at: 64, bytes: Buffer.from('7f10dabe', 'hex'), remedy: CONVERT },
  { name: 'a disk of kind QED', at: 0, bytes: Buffer.from('QED\0'), remedy: CONVERT },
  {
    name: 'one partition, saved by partclone',
    at: 0,
    bytes: Buffer.from('partclone-image'),
    remedy: 'give the image folder of Clonezilla that it is from',
  },
  { name: 'a tar archive', at: 257, bytes: Buffer.from('ustar'), remedy: AS_FILES },
  { name: 'a WIM', at: 0, bytes: Buffer.from('MSWIM\0'), remedy: AS_FILES },
];

/**
 * Why a file that begins so is no disk byte by byte, and what to do; null where it may be one.
 * @param start `START_BYTES`, or fewer where the file ends
 */
export function kindOfNoDisk(start: Buffer): { name: string; remedy: string } | null {
  return MARKS.find(({ at, bytes }) => start.subarray(at, at + bytes.length).equals(bytes)) ?? null;
}
