import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestContext } from 'vitest';
import { installedTool } from '../../bench/executors/local/installed-tool.ts';
import { aFolder } from '../an-image.ts';

/** What is fetched from where. */
export interface Fetch {
  readonly host: string;
  readonly port: number;
  readonly name: string;
  /** Left out: what the program does by itself. */
  readonly blksize?: number;
  readonly windowsize?: number;
}

/** A program of others that fetches by TFTP. */
export interface ForeignTftpClient {
  readonly name: string;
  readonly canSetBlksize: boolean;
  readonly canSetWindowsize: boolean;
  /** Skips the test where it is not installed. */
  command(context: TestContext): string;
  args(fetch: Fetch, into: string): string[];
}

export const FOREIGN_TFTP_CLIENTS: readonly ForeignTftpClient[] = [
  {
    name: 'curl',
    canSetBlksize: true,
    canSetWindowsize: false,
    command: (context) => installedTool(context, 'curl', 'curl'),
    args: ({ host, port, name, blksize }, into) => [
      ...['--silent', '--fail', '--path-as-is', '--output', into],
      ...(blksize === undefined ? [] : ['--tftp-blksize', String(blksize)]),
      `tftp://${host}:${port}/${name}`,
    ],
  },
  {
    name: 'tftp-hpa',
    canSetBlksize: false,
    canSetWindowsize: false,
    command: (context) => installedTool(context, 'tftp', 'tftp-hpa'),
    args: ({ host, port, name }, into) => [host, String(port), '-m', 'binary', '-c', 'get', name, into],
  },
  {
    name: 'atftp',
    canSetBlksize: true,
    canSetWindowsize: true,
    command: (context) => installedTool(context, 'atftp', 'atftp'),
    args: ({ host, port, name, blksize, windowsize }, into) => [
      ...(blksize === undefined ? [] : ['--option', `blksize ${blksize}`]),
      ...(windowsize === undefined ? [] : ['--option', `windowsize ${windowsize}`]),
      // Its own five seconds pass whenever its acknowledgement is lost: it does not answer a block that it has.
      ...['--tftp-timeout', '1', '--get', '--remote-file', name, '--local-file', into, host, String(port)],
    ],
  },
  {
    name: 'busybox',
    canSetBlksize: true,
    canSetWindowsize: false,
    command: (context) => installedTool(context, 'busybox', 'busybox-static'),
    args: ({ host, port, name, blksize }, into) => [
      ...['tftp', '-g', '-r', name, '-l', into],
      ...(blksize === undefined ? [] : ['-b', String(blksize)]),
      ...[host, String(port)],
    ],
  },
];

/** Fetches a file with a program of others; undefined where it got none. Some end with 0 all the same. */
export async function fetchWith(
  context: TestContext,
  client: ForeignTftpClient,
  fetch: Fetch,
): Promise<Buffer | undefined> {
  const into = join(await aFolder(), 'fetched');
  try {
    await promisify(execFile)(client.command(context), client.args(fetch, into), { signal: context.signal });
  } catch (error) {
    if (typeof (error as { code: unknown }).code !== 'number') throw error;
    return undefined;
  }
  return readFile(into).catch(() => undefined);
}
