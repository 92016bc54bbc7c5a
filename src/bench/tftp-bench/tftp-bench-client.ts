import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { quietFolder } from '../swarm-bench/work-folder-reader.ts';
import { expectAtftp, fetchByAtftp } from './atftp-client.ts';
import { ProcessorTime } from './processor-time-reader.ts';
import type { TftpCase, TftpResult, TftpRun, TftpServerName } from './tftp-case.ts';
import { compareTftp, type TftpAttempt } from './tftp-comparison.ts';
import { missingFor, type RunningTftpServer, startTftpServer } from './tftp-server-child-process.ts';

export interface TftpBenchOptions {
  readonly servers: readonly TftpServerName[];
  readonly cases: readonly TftpCase[];
  /** In each round every server serves every case once. */
  readonly rounds: number;
  readonly fileBytes: number;
}

/** Hears how far the comparison is. */
export interface TftpBenchWatch {
  readonly signal: AbortSignal;
  leftOut(server: TftpServerName, reason: string): void;
  attempted(attempt: TftpAttempt): void;
}

const NAME = 'file';

/**
 * Fetches one file from several servers over loopback, in turns. What arrives is compared with the file.
 * @throws ConfigError where atftp is missing, RunFailure where a server does not start
 */
export async function runTftpBench(options: TftpBenchOptions, watch: TftpBenchWatch): Promise<TftpResult[]> {
  expectAtftp();
  const clients = Math.max(...options.cases.map((each) => each.clients));
  const folder = await mkdtemp(
    join(await quietFolder((clients + 2) * options.fileBytes), 'swarmboot-bench-tftp-'),
  );
  const servers = new Map<TftpServerName, RunningTftpServer>();
  try {
    const file = await makeFile(folder, options.fileBytes);
    for (const name of options.servers) {
      const reason = missingFor(name);
      if (reason === undefined) servers.set(name, await startTftpServer(name, file.path));
      else watch.leftOut(name, reason);
    }
    return compareTftp(await runRounds(options, { servers, file, folder }, watch));
  } finally {
    for (const server of servers.values()) await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Place {
  readonly servers: ReadonlyMap<TftpServerName, RunningTftpServer>;
  readonly file: { readonly path: string; readonly bytes: Buffer };
  readonly folder: string;
}

/** A folder of its own for the file, which tftpd-hpa can make its root. */
async function makeFile(folder: string, fileBytes: number): Promise<Place['file']> {
  const served = await mkdtemp(join(folder, 'served-'));
  await chmod(served, 0o755);
  const bytes = randomBytes(fileBytes);
  await writeFile(join(served, NAME), bytes);
  return { path: join(served, NAME), bytes };
}

async function runRounds(
  { cases, rounds }: TftpBenchOptions,
  place: Place,
  watch: TftpBenchWatch,
): Promise<TftpAttempt[]> {
  const attempts: TftpAttempt[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const tftpCase of cases) {
      // Who is first changes, so that what grows or fades with time favours nobody.
      const order = [...place.servers].map((_, index, all) => all[(index + round) % all.length]!);
      for (const [server, running] of order) {
        const run = await runOnce(running, tftpCase, place, watch.signal);
        const attempt = { server, case: tftpCase, round, run };
        attempts.push(attempt);
        watch.attempted(attempt);
      }
    }
  }
  return attempts;
}

async function runOnce(
  server: RunningTftpServer,
  tftpCase: TftpCase,
  { file, folder }: Place,
  signal: AbortSignal,
): Promise<TftpRun | null> {
  const copies = Array.from({ length: tftpCase.clients }, (_, client) => join(folder, `copy-${client}`));
  const processorTime = new ProcessorTime(server.pid);
  const cpuBefore = processorTime.seconds();
  const startMs = performance.now();
  try {
    await Promise.all(copies.map((into) => fetchByAtftp(server, tftpCase, { name: NAME, into, signal })));
    const seconds = (performance.now() - startMs) / 1000;
    const serverCpuS = processorTime.seconds() - cpuBefore;
    const fetched = await Promise.all(copies.map((copy) => readFile(copy).catch(() => Buffer.alloc(0))));
    if (!fetched.every((bytes) => bytes.equals(file.bytes))) return null;
    return { seconds, bytesPerS: (tftpCase.clients * file.bytes.length) / seconds, serverCpuS };
  } finally {
    processorTime.close();
    for (const copy of copies) await rm(copy, { force: true });
  }
}
