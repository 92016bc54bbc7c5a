import { type ChildProcess, fork, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RunFailure } from '../../failure.ts';
import type { TftpServerName } from './tftp-case.ts';

const HOST = '127.0.0.1';
const IN_TFTPD = '/usr/sbin/in.tftpd';
const OUR_PROCESS = `${import.meta.dirname}/tftp-server-process.ts`;

/** A server in a process of its own. */
export interface RunningTftpServer {
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  close(): Promise<void>;
}

/** @returns why a server cannot be run on this computer, or undefined */
export function missingFor(server: TftpServerName): string | undefined {
  if (server !== 'tftpd-hpa') return undefined;
  if (!existsSync(IN_TFTPD))
    return `${IN_TFTPD} is missing; install the Debian package tftpd-hpa, or all with tools/system-packages.sh`;
  return process.getuid?.() === 0 ? undefined : 'it changes its root folder, which needs the rights of root';
}

/**
 * Starts a server of one file.
 * @throws RunFailure (`TFTP_BENCH`) where it does not start
 */
export async function startTftpServer(server: TftpServerName, file: string): Promise<RunningTftpServer> {
  if (server === 'tftpd-hpa') return startTftpdHpa(dirname(file));
  const child = fork(OUR_PROCESS, [server, file], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  const [{ port }] = (await Promise.race([once(child, 'message'), ended(child, server)])) as [
    { port: number },
  ];
  return running(child, port);
}

/** It answers requests as soon as it runs; until then they are repeated by the client. */
async function startTftpdHpa(folder: string): Promise<RunningTftpServer> {
  const port = await aFreePort();
  const options = ['--foreground', '--address', `${HOST}:${port}`, '--user', 'root', '--secure', folder];
  const child = spawn(IN_TFTPD, options, { stdio: 'ignore' });
  await Promise.race([sleep(500), ended(child, 'tftpd-hpa')]);
  return running(child, port);
}

function running(child: ChildProcess, port: number): RunningTftpServer {
  return {
    host: HOST,
    port,
    pid: child.pid!,
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    },
  };
}

async function ended(child: ChildProcess, server: TftpServerName): Promise<never> {
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  throw new RunFailure('TFTP_BENCH', `${server} ended with ${code ?? signal} before it served anything`);
}

async function aFreePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, HOST);
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}
