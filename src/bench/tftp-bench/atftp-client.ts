import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { ConfigError } from '../../failure.ts';
import type { TftpCase } from './tftp-case.ts';
import type { RunningTftpServer } from './tftp-server-child-process.ts';

/** The only client in Debian that asks for windows; it is the same for every server. */
const ATFTP = '/usr/bin/atftp';

/** @throws ConfigError where atftp is not installed */
export function expectAtftp(): void {
  if (existsSync(ATFTP)) return;
  throw new ConfigError(
    '',
    `${ATFTP} is missing, which fetches the files; install the Debian package atftp, or all with tools/system-packages.sh`,
  );
}

/** Fetches a file; resolves when atftp has ended, whatever it got. */
export async function fetchByAtftp(
  { host, port }: RunningTftpServer,
  { blksize, windowsize }: TftpCase,
  { name, into, signal }: { name: string; into: string; signal: AbortSignal },
): Promise<void> {
  const options = [
    ...['--option', `blksize ${blksize}`, '--option', `windowsize ${windowsize}`],
    ...['--get', '--remote-file', name, '--local-file', into, host, String(port)],
  ];
  await promisify(execFile)(ATFTP, options, { signal }).catch(() => signal.throwIfAborted());
}
