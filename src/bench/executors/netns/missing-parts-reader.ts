import { spawnSync } from 'node:child_process';
import type { Transport } from '../../record/run-record.ts';
import { DEBIAN_PYTHON } from './debian-python.ts';

/** A program or file that a lab needs, and a way to see that it is there: the command ends with exit code 0. */
export interface Part {
  readonly command: readonly [program: string, ...options: string[]];
  readonly debianPackage: string;
}

const NAMESPACES: readonly Part[] = [
  { command: ['ip', '-Version'], debianPackage: 'iproute2' },
  { command: ['tc', '-Version'], debianPackage: 'iproute2' },
  { command: ['nsenter', '--version'], debianPackage: 'util-linux' },
];

const NFT: Part = { command: ['nft', '--version'], debianPackage: 'nftables' };

const ZSTD: Part = { command: ['zstd', '--version'], debianPackage: 'zstd' };

const UDPCAST: Part = { command: ['udp-sender', '--license'], debianPackage: 'udpcast' };

const CLONEZILLA: readonly Part[] = [
  { command: ['partclone.restore', '--version'], debianPackage: 'partclone' },
  ZSTD,
  { command: ['sfdisk', '--version'], debianPackage: 'fdisk' },
  { command: ['blkid', '--version'], debianPackage: 'util-linux' },
  { command: ['curl', '--version'], debianPackage: 'curl' },
];

const NFS: readonly Part[] = [
  { command: ['ganesha.nfsd', '-v'], debianPackage: 'nfs-ganesha' },
  // The folder has the name of the computer's architecture in it.
  { command: ['sh', '-c', 'ls /usr/lib/*/ganesha/libfsalvfs.so'], debianPackage: 'nfs-ganesha-vfs' },
  // Without an argument it says how it is called, and that is no failure.
  { command: ['nfs-cat'], debianPackage: 'libnfs-utils' },
];

const PROGRAMS: Readonly<Partial<Record<Transport, readonly Part[]>>> = {
  aria2: [{ command: ['aria2c', '--version'], debianPackage: 'aria2' }],
  multicast: [UDPCAST],
  'clonezilla-unicast': CLONEZILLA,
  'clonezilla-multicast': [...CLONEZILLA, UDPCAST],
  libtorrent: [{ command: [DEBIAN_PYTHON, '-c', 'import libtorrent'], debianPackage: 'python3-libtorrent' }],
};

const found = new Map<string, boolean>();

/** What a run needs beside its transport. */
export interface Needs {
  /** Some site is behind a NAT. */
  readonly hasNat?: boolean;
  /** Packets are lost on purpose. */
  readonly losesPackets?: boolean;
  /** Programs that are not ours have to unpack the image. */
  readonly isPacked?: boolean;
  /** The image folder of Clonezilla is read by NFS. */
  readonly isOverNfs?: boolean;
}

/** Rights and programs that a run by this transport lacks on this computer, one sentence each. */
export function missingParts(
  transport: Transport,
  { hasNat = false, losesPackets = false, isPacked = false, isOverNfs = false }: Needs = {},
): string[] {
  const programs = PROGRAMS[transport];
  const parts = [
    ...(hasNat || losesPackets ? [NFT] : []),
    ...(programs ?? []),
    ...(isPacked && programs !== undefined ? [ZSTD] : []),
    ...(isOverNfs ? NFS : []),
  ];
  return missingBeside('netns', `transports.${transport}`, parts);
}

/** With a place of its own for the names of namespaces. */
const IN_USER_NAMESPACE =
  "unshare --user --map-root-user --net --mount sh -c 'mount -t tmpfs tmpfs /run && ./swarmboot run ...'";

/**
 * What a lab on network namespaces lacks, one sentence each.
 * @param field the setting that asks for these parts
 * @param parts what it needs beside namespaces
 */
export function missingBeside(lab: string, field: string, parts: readonly Part[]): string[] {
  if (process.getuid?.() !== 0) {
    const otherwise = lab === 'netns' ? `, or in a user namespace: ${IN_USER_NAMESPACE}` : '';
    return [`--on ${lab}: network namespaces need the rights of root; run the command as root${otherwise}`];
  }
  return [...NAMESPACES, ...parts]
    .filter(({ command }) => !isThere(command))
    .map(
      ({ command, debianPackage }) =>
        `${field}: \`${command.join(' ')}\` fails; install the Debian package ${debianPackage}, or all that the labs need with tools/system-packages.sh (as root)`,
    );
}

/** Asked once per process. */
function isThere([program, ...options]: Part['command']): boolean {
  const key = [program, ...options].join(' ');
  const known = found.get(key);
  if (known !== undefined) return known;
  const isFound = spawnSync(program, options, { stdio: 'ignore' }).status === 0;
  found.set(key, isFound);
  return isFound;
}
