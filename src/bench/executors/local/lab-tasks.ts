import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { GoldenFiles } from './golden-files.ts';
import { type AgentProcessTask, peerIdOf, type ServerPorts, type ServerTask } from './lab-messages.ts';
import { type LabPlace, SERVER } from './lab-place.ts';
import type { LabMachine, LabPlan } from './lab-plan.ts';

/** Where the files of a run are, and what the person has chosen. */
export interface ServerSettings {
  readonly scratchFolder: string;
  readonly golden: GoldenFiles;
  /** HTTP, tracker and TFTP ports from here up; 0 for any free ones. */
  readonly port: number;
}

/** File of the scratch folder that is the disk of a machine. */
export function diskFileOf(machine: string): string {
  return `${machine}.img`;
}

/** Folder of the scratch folder that has room for a part of the disk of a machine only. */
export function folderWithRoomOf(machine: string): string {
  return `${machine}.room`;
}

/** What the server has to do in a run. */
export function serverTaskOf(plan: LabPlan, place: LabPlace, settings: ServerSettings): ServerTask {
  const { transport, pieceBytes, serverLink, seederSlots, neighbours, machines } = plan;
  const { scratchFolder, golden, port } = settings;
  const isAny = port === 0;
  return {
    scratchFolder,
    golden,
    ports: { http: port, tracker: isAny ? 0 : port + 1, tftp: isAny ? 0 : port + 2 },
    host: place.addressOf(SERVER),
    pieceBytes,
    transport,
    link: place.ownLimitOf(serverLink),
    uploadSlots: seederSlots,
    neighbours,
    policies: plan.policies,
    handout: plan.handout,
    site: plan.serverSite,
    peerId: peerIdOf(SERVER),
    agentToken: randomUUID(),
    // Only where it is needed: a disk of the lab that is full would take the server with it.
    storeFile: plan.serverStops.length === 0 ? null : join(scratchFolder, 'server.db'),
    machines: machines.map(({ name }) => name),
    seederLeavesAfterCopies: plan.seederLeavesAfterCopies,
    casting: plan.casting,
    savedOver: plan.savedOver,
  };
}

/** What one machine has to do in a run. */
export function agentTaskOf(
  plan: LabPlan,
  { name, site, link }: LabMachine,
  {
    place,
    ports,
    golden,
    agentToken,
    diskPath,
  }: {
    place: LabPlace;
    ports: ServerPorts;
    golden: GoldenFiles;
    agentToken: string;
    diskPath: string;
  },
): AgentProcessTask {
  const { transport, uploadSlots, neighbours } = plan;
  return {
    machine: name,
    host: place.addressOf(name),
    serverHost: place.addressOf(SERVER),
    diskPath,
    httpPort: ports.http,
    tftpPort: ports.tftp,
    token: agentToken,
    publicKey: golden.published.publicKey,
    imageFolder: golden.published.folder,
    isPacked: plan.encoding === 'zstd',
    transport,
    link: place.ownLimitOf(link),
    uploadSlots,
    neighbours,
    policies: plan.policies,
    site,
    peerId: peerIdOf(name),
    serverPeerId: peerIdOf(SERVER),
    savedOver: plan.savedOver,
  };
}
