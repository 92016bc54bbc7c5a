import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundleAgent } from '../../src/cli/agent-bundle.ts';
import { buildBootImage } from '../../src/engine/boot/boot-image/boot-image.ts';
import { describedByPath } from '../../src/engine/image/served-image.ts';
import { type BootFile, MemoryBootFile } from '../../src/engine/tftp/boot-file.ts';
import { installedTool } from '../bench/executors/local/installed-tool.ts';
import { remade } from '../engine/a-metainfo.ts';
import { aGoldenImage } from '../engine/agent/a-golden-image.ts';
import { aFolder } from '../engine/an-image.ts';
import { AGENT_TOKEN, anImageServer } from '../engine/http/an-image-server.ts';
import { HOST_SEEN_FROM_MACHINE, runMachine } from './a-machine.ts';

const MAC = '52:54:00:12:34:56';

describe('a machine that boots the boot image', () => {
  it('writes the golden image of its deployment to its disk, once, and nothing when it is not armed', async (context) => {
    installedTool(context, 'apt-get', 'apt');
    const qemu = installedTool(context, 'qemu-system-x86_64', 'qemu-system-x86');
    const golden = await aGoldenImage({ chunks: 40, chunkBytes: 2 ** 20, pieceBytes: 2 ** 20 });
    const bootFiles = new Map<string, BootFile>();
    const { url, payloadUrl, arm, targets } = await anImageServer(golden.payload, { bootFiles });
    const seen = (address: string): string => address.replace('127.0.0.1', HOST_SEEN_FROM_MACHINE);
    // The machine is behind QEMU's NAT, without peers: the server is its web seed.
    const torrent = remade(golden.image.metainfo, { trackers: [], webSeeds: [seen(payloadUrl)] });
    const described = await describedByPath({ folder: golden.folder, manifest: golden.image.manifest });
    for (const [path, bytes] of described.files)
      bootFiles.set(path, new MemoryBootFile(path.endsWith('.torrent') ? torrent.bytes : bytes));
    const folder = await aFolder();
    const bootFolder = join(folder, 'boot');
    const agentFiles = await bundleAgent();
    await buildBootImage({
      kernel: 'cloud',
      folder: bootFolder,
      agentFiles,
      keys: golden.keys,
      progressed: () => {},
    });
    const diskFile = join(folder, 'disk');
    await writeFile(diskFile, '');
    await truncate(diskFile, golden.disk.length + 2 ** 20);
    const bootArguments = `swarmboot.server=${seen(url)} swarmboot.token=${AGENT_TOKEN}`;
    const powerOn = () => runMachine(qemu, { bootFolder, diskFile, mac: MAC, bootArguments });

    expect(await powerOn()).toContain('is not armed');
    expect(isBlank(await readFile(diskFile))).toBe(true);

    arm(MAC);
    expect(await powerOn()).toContain('done: the machine restarts');
    const disk = await readFile(diskFile);
    expect(disk.subarray(0, golden.disk.length).equals(golden.disk)).toBe(true);
    expect(targets()).toMatchObject([{ machine: MAC, state: 'finished' }]);

    expect(await powerOn()).toContain('was deployed already');
    expect((await readFile(diskFile)).equals(disk)).toBe(true);
  });
});

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}
