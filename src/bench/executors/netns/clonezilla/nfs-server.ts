import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../../../folder-writer.ts';
import { SERVER as HOST } from '../../local/lab-place.ts';
import { withinLimit } from '../../local/step-limit.ts';
import { said } from '../program-answer-reader.ts';
import { ProgramChild } from '../program-child.ts';
import { ganeshaConfiguration, type NfsExport, nfsUrl, nfsUrlOf } from './nfs-export.ts';

const SERVER = 'ganesha.nfsd';
/** It says so when it answers. */
const READY = 'NFS SERVER INITIALIZED';
/** It takes a second or two. */
const STEP = { host: HOST, name: `the start of ${SERVER}`, limitMs: 60_000 };

/** nfs-ganesha, a server of NFS that is a process like any other: no kernel has to know NFS. */
export class NfsServer {
  readonly #program: ProgramChild;
  /** Its own files, which it read before it had clients. */
  readonly #ownBytes: number;

  private constructor(program: ProgramChild, ownBytes: number) {
    this.#program = program;
    this.#ownBytes = ownBytes;
  }

  /**
   * Resolves when the folder can be read by NFS. The server ends with this process.
   * Rejects with a RunFailure (`PROGRAM`) that has its words.
   */
  static async start(served: NfsExport): Promise<NfsServer> {
    const { host, workFolder } = served;
    await makeFolder(workFolder);
    const configuration = join(workFolder, 'ganesha.conf');
    await writeFile(configuration, ganeshaConfiguration(served));
    // In the foreground: by itself it leaves its parent, which would then not know how to end it.
    const program = new ProgramChild(SERVER, [
      ...['-F', '-f', configuration, '-L', 'STDERR'],
      ...['-p', join(workFolder, 'ganesha.pid')],
    ]);
    try {
      await withinLimit(program.unlessLost(program.hasSaid(READY)), STEP);
      // It answers also without a folder that it could not make use of.
      await withinLimit(program.unlessLost(said(['nfs-ls', nfsUrlOf(nfsUrl(host))])), STEP);
      return new NfsServer(program, await bytesReadBy(program.pid));
    } catch (error) {
      program.stop();
      throw error;
    }
  }

  /** Rejects with a RunFailure (`PROGRAM`) when it has ended. */
  get lost(): Promise<never> {
    return this.#program.died;
  }

  /**
   * What it has read of the folder for its clients; it keeps nothing of it.
   * Rejects with a RunFailure (`PROGRAM`) when it has ended: what was measured is then of no use.
   */
  async readBytes(): Promise<number> {
    return (await this.#program.unlessLost(bytesReadBy(this.#program.pid))) - this.#ownBytes;
  }
}

/** By `read` and its like; what comes over sockets is received, and does not count. */
async function bytesReadBy(pid: number): Promise<number> {
  return Number(/^rchar: (\d+)$/m.exec(await readFile(`/proc/${pid}/io`, 'utf8'))![1]);
}

/** Of the server and of the programs that its clients read with: those of libnfs do not tell theirs, but their package does. */
export async function nfsVersions(): Promise<Record<string, string>> {
  const ganesha = /V(\S+)/.exec(await said([SERVER, '-v']))?.[1] ?? '';
  const [, libnfs = ''] = (await said(['dpkg-query', '--show', 'libnfs-utils'])).trim().split('\t');
  return { 'nfs-ganesha': ganesha, libnfs };
}
