import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type BootImageContents, buildBootImage } from '../../src/engine/boot/boot-image/boot-image.ts';
import { isSignedBy, makeSigningKeys } from '../../src/engine/image/signature.ts';
import { installedTool } from '../bench/executors/local/installed-tool.ts';
import { HOST_SEEN_FROM_MACHINE, runMachine } from './a-machine.ts';

/** Tells its server what kind of machine it woke up on, and ends. */
const CURIOUS_AGENT = `
import { existsSync, readFileSync, readdirSync } from 'node:fs';
const { argv, versions } = process;
const server = argv[argv.indexOf('--server') + 1];
const key = readFileSync(argv[argv.indexOf('--key') + 1], 'utf8');
const tools = ['sfdisk', 'mkntfs', 'resize2fs', 'efibootmgr'].filter((name) => existsSync('/sbin/' + name));
const report = { node: versions.node, disks: readdirSync('/sys/block'), tools, key };
await fetch(server + '/report', { method: 'POST', body: JSON.stringify(report) });
`;

const keys = makeSigningKeys();

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'swarmboot-bootimage-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function build(folder: string): Promise<BootImageContents> {
  const agentFiles = [{ name: 'agent.mjs', bytes: Buffer.from(CURIOUS_AGENT) }];
  return buildBootImage({ kernel: 'cloud', folder, agentFiles, keys, progressed: () => {} });
}

describe('a boot image', () => {
  it('is the same bytes when it is built again, and says what is in it under a signature', async (context) => {
    installedTool(context, 'apt-get', 'apt');
    const folder = await aFolder();
    const first = await build(folder);
    const second = await build(folder);
    expect(second).toEqual(first);
    const contents = await readFile(join(folder, 'contents.json'));
    const signature = await readFile(join(folder, 'contents.sig'));
    expect(JSON.parse(contents.toString())).toEqual(first);
    expect(isSignedBy(keys.publicKey, contents, signature)).toBe(true);
    expect(first.files.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['init', 'bin/node', 'sbin/sfdisk']),
    );
  });

  it('wakes up a machine, brings up its network and disk, runs the agent and restarts', async (context) => {
    installedTool(context, 'apt-get', 'apt');
    const qemu = installedTool(context, 'qemu-system-x86_64', 'qemu-system-x86');
    const folder = await aFolder();
    await build(folder);
    await writeFile(join(folder, 'disk'), new Uint8Array(2 ** 20));
    const reports: unknown[] = [];
    const server = createServer(async (request, response) => {
      reports.push(JSON.parse(await text(request)));
      response.end();
    }).listen(0, '127.0.0.1');
    onTestFinished(() => {
      server.close();
    });
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const said = await runMachine(qemu, {
      bootFolder: folder,
      diskFile: join(folder, 'disk'),
      mac: '52:54:00:12:34:56',
      bootArguments: `swarmboot.server=http://${HOST_SEEN_FROM_MACHINE}:${port}`,
    });
    expect(said).toContain('done: the machine restarts');
    expect(reports).toEqual([
      {
        node: process.versions.node,
        disks: expect.arrayContaining(['vda']),
        tools: ['sfdisk', 'mkntfs', 'resize2fs', 'efibootmgr'],
        key: keys.publicKey,
      },
    ]);
  });
});
