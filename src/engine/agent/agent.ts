import { registerMachine, reportDone } from '../http/image-client.ts';
import { DiskStore } from './disk-store.ts';
import { DiskWriter } from './disk-writer.ts';
import { fetchMetainfo } from './fetch-metainfo.ts';
import type { ImageTransport } from './image-transport.ts';
import { verifyDisk } from './verify-disk.ts';

/** Phases of the agent in their order. The disk is blank, so there is nothing to scan. */
export type AgentPhase = 'register' | 'metainfo' | 'download' | 'verify' | 'finish';

export interface AgentTask {
  readonly machine: string;
  /** The disk to write; it exists. */
  readonly diskPath: string;
  readonly server: { readonly host: string; readonly httpPort: number; readonly tftpPort: number };
  readonly transport: ImageTransport;
}

/** Hears what the agent does. */
export interface AgentWatch {
  phaseStarted(phase: AgentPhase): void;
  phaseEnded(phase: AgentPhase): void;
  /** Share of the disk that has been read back, 0 to 1; that of the download is in the transport's statistics. */
  readBack(share: number): void;
}

/**
 * Deploys one machine: register, metainfo, download, verify, finish.
 * Resolves when the disk is verified and the server knows; the transport goes on serving others.
 * Rejects with the RunFailure of the phase that could not be done.
 */
export async function runAgent(task: AgentTask, watch: AgentWatch): Promise<void> {
  const { machine, server, transport } = task;
  const http = { host: server.host, port: server.httpPort };
  const bootFiles = { host: server.host, port: server.tftpPort, http };

  async function during<Result>(phase: AgentPhase, work: () => Promise<Result>): Promise<Result> {
    watch.phaseStarted(phase);
    const result = await work();
    watch.phaseEnded(phase);
    return result;
  }

  const disk = await DiskWriter.open(task.diskPath);
  const deployment = await during('register', () =>
    registerMachine(http, { machine, diskBytes: disk.sizeBytes }),
  );
  const metainfo = await during('metainfo', () => fetchMetainfo(bootFiles, deployment));
  const store = new DiskStore(disk, metainfo.pieceBytes);
  await during('download', () => transport.download(metainfo, store));
  await during('verify', () => verifyDisk(disk, metainfo, (share) => watch.readBack(share)));
  await during('finish', () => reportDone(http, machine));
}
