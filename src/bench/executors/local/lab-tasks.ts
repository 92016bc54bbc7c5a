import { type AgentProcessTask, peerIdOf, type ServerReady, type ServerTask } from './lab-messages.ts';
import { type LabPlace, SERVER } from './lab-place.ts';
import type { LabMachine, LabPlan } from './lab-plan.ts';

/** Where the files of a run are, and what the person has chosen. */
export interface ServerSettings {
  readonly scratchFolder: string;
  readonly imageFile: string | null;
  readonly port: number;
}

/** File of the scratch folder that is the disk of a machine. */
export function diskFileOf(machine: string): string {
  return `${machine}.img`;
}

/** What the server has to do in a run. */
export function serverTaskOf(plan: LabPlan, place: LabPlace, settings: ServerSettings): ServerTask {
  const { transport, imageBytes, encoding, pieceBytes, serverLink, seederSlots, neighbours, machines } = plan;
  return {
    ...settings,
    host: place.addressOf(SERVER),
    imageBytes,
    encoding,
    pieceBytes,
    transport,
    link: place.ownLimitOf(serverLink),
    uploadSlots: seederSlots,
    neighbours,
    policies: plan.policies,
    handout: plan.handout,
    site: plan.serverSite,
    peerId: peerIdOf(SERVER),
    machines: machines.map(({ name }) => name),
    disks: machines.map(({ name }) => diskFileOf(name)),
    seederLeavesAfterBytes: plan.seederLeavesAfterBytes,
    casting: plan.casting,
  };
}

/** What one machine has to do in a run. */
export function agentTaskOf(
  plan: LabPlan,
  { name, site, link }: LabMachine,
  { place, ready, diskPath }: { place: LabPlace; ready: ServerReady; diskPath: string },
): AgentProcessTask {
  const { transport, uploadSlots, neighbours } = plan;
  return {
    machine: name,
    host: place.addressOf(name),
    serverHost: place.addressOf(SERVER),
    diskPath,
    httpPort: ready.httpPort,
    tftpPort: ready.tftpPort,
    token: ready.token,
    publicKey: ready.publicKey,
    imageFolder: ready.imageFolder,
    isPacked: plan.encoding === 'zstd',
    transport,
    link: place.ownLimitOf(link),
    uploadSlots,
    neighbours,
    policies: plan.policies,
    site,
    peerId: peerIdOf(name),
    serverPeerId: peerIdOf(SERVER),
  };
}
