import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, type TestContext, vi } from 'vitest';
import { openBootFolder } from '../../../src/engine/tftp/boot-file-reader.ts';
import { aFolder, someBytes } from '../an-image.ts';
import { aBootFileServer, HOST } from './a-boot-file-server.ts';
import { aLossyRelay } from './a-lossy-relay.ts';
import {
  type Fetch,
  FOREIGN_TFTP_CLIENTS,
  type ForeignTftpClient,
  fetchWith,
} from './foreign-tftp-clients.ts';

/** Its blocks of 512 bytes are more than 65535: their numbers begin anew. */
const LARGE_BYTES = 40 * 2 ** 20;
const BLKSIZES = [512, 1468, 8192];
const WINDOWSIZES = [1, 4, 16];
/** The client is done before the server has read its last acknowledgement. */
const PATIENCE_MS = 20_000;

const [CURL, , ATFTP] = FOREIGN_TFTP_CLIENTS as [ForeignTftpClient, ForeignTftpClient, ForeignTftpClient];

let large: Buffer;
/** Has the large file in it, as `file`. */
let largeFolder: string;
beforeAll(async () => {
  large = someBytes(LARGE_BYTES);
  largeFolder = await mkdtemp(join(tmpdir(), 'swarmboot-test-'));
  await writeFile(join(largeFolder, 'file'), large);
});
afterAll(() => rm(largeFolder, { recursive: true, force: true }));

/** What lies in a folder, served from the disk. */
async function aServedFolder(folder: string) {
  const files = await openBootFolder(folder);
  onTestFinished(async () => {
    for (const file of files.values()) await file.close();
  });
  return aBootFileServer(Object.fromEntries(files));
}

describe.each(FOREIGN_TFTP_CLIENTS)('$name', (client) => {
  const fetching = (context: TestContext, fetch: Omit<Fetch, 'host'>) =>
    fetchWith(context, client, { host: HOST, ...fetch });

  it.for([1, 511, 512, 513])('fetches %i bytes', async (length, context) => {
    const { port, ended } = await aBootFileServer({ file: someBytes(length) });
    expect(await fetching(context, { port, name: 'file' })).toEqual(someBytes(length));
    await vi.waitFor(() => expect(ended.at(-1)).toMatchObject({ outcome: 'completed' }), PATIENCE_MS);
  });

  const blksizes = client.canSetBlksize ? BLKSIZES : [undefined];
  const windowsizes = client.canSetWindowsize ? WINDOWSIZES : [undefined];
  const terms = blksizes.flatMap((blksize) => windowsizes.map((windowsize) => ({ blksize, windowsize })));

  it.for(terms)('fetches 40 MiB: %o', async ({ blksize, windowsize }, context) => {
    const { port } = await aServedFolder(largeFolder);
    const wishes = { ...(blksize && { blksize }), ...(windowsize && { windowsize }) };
    const fetched = await fetching(context, { port, name: 'file', ...wishes });
    expect(fetched?.equals(large)).toBe(true);
  });

  it('fetches what is there and nothing else', async (context) => {
    const { port } = await aBootFileServer({ file: someBytes(2000) });
    for (const name of ['none', '../../etc/passwd', '../../../../../../../../etc/passwd', '/etc/passwd'])
      expect((await fetching(context, { port, name }))?.length ?? 0, name).toBe(0);
    expect(await fetching(context, { port, name: 'file' })).toEqual(someBytes(2000));
  });

  it('fetches nothing that a symbolic link in the folder leads to', async (context) => {
    const folder = await aFolder();
    await writeFile(join(folder, 'file'), someBytes(10));
    await symlink('/etc/passwd', join(folder, 'passwd'));
    await symlink('/etc', join(folder, 'etc'));
    const { port } = await aServedFolder(folder);
    for (const name of ['passwd', 'etc/passwd'])
      expect((await fetching(context, { port, name }))?.length ?? 0, name).toBe(0);
    expect(await fetching(context, { port, name: 'file' })).toEqual(someBytes(10));
  });

  it('fetches a file although a datagram in twenty is lost', async (context) => {
    const bytes = large.subarray(0, 150_000);
    const { port } = await aBootFileServer({ file: bytes });
    const relay = await aLossyRelay(port, 0.05);
    const fetched = await fetching(context, { port: relay.port, name: 'file' });
    expect(fetched?.equals(bytes)).toBe(true);
    expect(relay.lost()).toBeGreaterThan(5);
  });
});

describe('the boot file server', () => {
  it.for([4, 16])(
    'sends windows of %i over a network that loses a datagram in twenty',
    async (windowsize, context) => {
      const bytes = large.subarray(0, 2_000_000);
      const { port } = await aBootFileServer({ file: bytes });
      const relay = await aLossyRelay(port, 0.05);
      const wishes = { name: 'file', blksize: 1468, windowsize };
      const fetched = await fetchWith(context, ATFTP, { host: HOST, port: relay.port, ...wishes });
      expect(fetched?.equals(bytes)).toBe(true);
      expect(relay.lost()).toBeGreaterThan(10);
    },
  );

  it('serves fifty machines at once', async (context) => {
    const bytes = large.subarray(0, 3_000_001);
    const folder = await aFolder();
    await writeFile(join(folder, 'file'), bytes);
    const { port, ended } = await aServedFolder(folder);
    const fetch = { host: HOST, port, name: 'file', blksize: 1468 };
    const fetched = await Promise.all(Array.from({ length: 50 }, () => fetchWith(context, CURL, fetch)));
    expect(fetched.filter((each) => each?.equals(bytes)).length).toBe(50);
    const isCompleted = ({ outcome }: { outcome: string }) => outcome === 'completed';
    await vi.waitFor(() => expect(ended.filter(isCompleted).length).toBe(50), PATIENCE_MS);
  });
});
