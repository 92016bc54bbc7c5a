import { PLAIN_INTERVAL_S } from '../../../engine/index.ts';
import { isBusy, MOST_BUSY_SHARE } from '../../metrics/busy-computer.ts';
import { writtenShare } from '../../metrics/readable-units.ts';
import { isClonezilla } from '../way-of-bytes.ts';
import type { GoldenFiles } from './golden-files.ts';
import type { ServerReady } from './lab-messages.ts';
import type { LabPlan } from './lab-plan.ts';

/** What a reader must know to judge a run of a lab, wherever its hosts stand. */
export function labLimitations(
  plan: LabPlan,
  { goldenNote }: Pick<GoldenFiles, 'goldenNote'>,
  { versions, wireBytes }: ServerReady,
): readonly string[] {
  const clonezilla = isClonezilla(plan.transport) ? [...OF_CLONEZILLA, OF_SAVED_OVER[plan.savedOver]] : [];
  const limitations = [
    'A disk is read back through the page cache of the host.',
    `A machine's power-on is the start of its agent, which has been loaded before: there is no boot phase.`,
    goldenNote,
  ];
  return [
    ...limitations,
    ...transportLimitations(plan.transport, versions),
    ...clonezilla,
    ...(plan.machines.some(({ backAfterMs }) => backAfterMs < Infinity) ? OF_POWER_CUTS : []),
    ...(plan.serverStops.some(({ part }) => part === 'server') ? serverLossLimitations(plan) : []),
    ...unpackedLater(plan),
    ...sizeLimitations(plan, wireBytes),
  ];
}

const OF_CLONEZILLA = [
  'Clonezilla is its data flow with its own programs: sfdisk, then curl, nfs-cat or udp-receiver, zstd and partclone.restore; the agent reads the disk back as for all others. Its menus, its boot and its waits are not in it.',
  'partclone ends at the next whole second after its work (`-f 1`; by default every other second), up to 1 s that a large image would not notice.',
];
const OF_SAVED_OVER: Readonly<Record<LabPlan['savedOver'], string>> = {
  http: 'What is not cast comes by HTTP, where Clonezilla mounts a folder by NFS.',
  nfs: 'NFS is version 4 between nfs-ganesha and nfs-cat (libnfs), both in user space: nfs-cat asks for the next part of a file when the last has come, and Linux’s own client asks ahead.',
};

const OF_POWER_CUTS = [
  'A machine that loses its power and comes back is a process that is killed and started again: what it had given to its disk is there, also what the cache of a real disk would have lost, and its peers hear at once that it is gone.',
];

/** What of a transport is killed with the server, and who finds it again. */
function serverLossLimitations({ transport, savedOver }: LabPlan): readonly string[] {
  if (isForeignSwarm(transport)) {
    return [
      `A server that is killed takes the tracker and a seeder of ${transport} with it. Both are started again; the tracker has forgotten everybody then, and asks programs that are not ours to come every ${PLAIN_INTERVAL_S} s, as trackers of the internet do.`,
    ];
  }
  if (transport !== 'clonezilla-unicast' || savedOver !== 'http') return [];
  return [
    'curl does not ask again when the server is killed in the middle of a stream; Clonezilla mounts NFS, and Linux waits there until the server is back (nfs(5), `hard`).',
  ];
}

/** Programs that are not ours, and keep a swarm going. */
function isForeignSwarm(transport: LabPlan['transport']): boolean {
  return transport === 'aria2' || transport === 'libtorrent';
}

/** Programs that store a packed payload first. */
function unpackedLater({ transport, encoding }: LabPlan): readonly string[] {
  if (encoding === 'raw' || !isForeignSwarm(transport)) return [];
  return [
    `${transport} stores the packed payload beside the disk, and zstd writes the disk of it after the download: serial, within the phase \`download\`.`,
  ];
}

/** Share by which the image may differ from what the scenario says before it is to be known. */
const SAME_SIZE = 0.01;

function sizeLimitations(plan: LabPlan, wireBytes: number): readonly string[] {
  if (Math.abs(wireBytes - plan.wireBytes) <= SAME_SIZE * plan.wireBytes) return [];
  const ratio = (plan.imageBytes / wireBytes).toPrecision(3);
  return [
    `On the wire the image has ${wireBytes} bytes (1 : ${ratio}), and ${Math.round(plan.wireBytes)} by the scenario (image.compressionRatio): models have computed with the latter.`,
  ];
}

/** Whether the processors were fast enough for the network. */
export function useLimitations({ busyShare }: { readonly busyShare: number }): readonly string[] {
  if (!isBusy(busyShare)) return [];
  return [
    `In at least one run more than ${writtenShare(MOST_BUSY_SHARE)} of the computer's processors were in use (\`busyShare\` in its record): they may have set the pace, not the network.`,
  ];
}

function transportLimitations(
  transport: LabPlan['transport'],
  versions: ServerReady['versions'],
): readonly string[] {
  const rates = 'Link rates of the swarm include its protocol; blocks of 16 KiB carry the payload.';
  if (transport === 'p2p') return [rates];
  if (transport === 'chain') {
    return [
      rates,
      'In the lab a chain mends itself: whoever loses the machine before it tells the tracker so 2 s later, and is told of another.',
    ];
  }
  if (transport !== 'webtorrent') return [];
  return [
    rates,
    `The client is webtorrent ${versions.webtorrent}. It decides whom to choke every 10 s, and unchokes whoever becomes interested in the meantime, so upload slots hold only on average.`,
    'The webtorrent seeder serves like any peer: it does not deal every piece once before any twice.',
  ];
}
