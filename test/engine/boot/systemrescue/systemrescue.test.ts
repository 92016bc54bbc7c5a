import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { zstdCompressSync } from 'node:zlib';
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest';
import { parse } from 'yaml';
import { bundleAgent } from '../../../../src/cli/agent-bundle.ts';
import { AGENT_ENVIRONMENT_WORDS } from '../../../../src/engine/agent/agent-environment.ts';
import { checkedCatalogue } from '../../../../src/engine/boot/boot-catalogue.ts';
import { bootPlanOf, type RegisteredMachine } from '../../../../src/engine/boot/boot-plan.ts';
import { ipxeScript } from '../../../../src/engine/boot/ipxe-script.ts';
import { PACKED_NODE, systemRescueAgentFiles } from '../../../../src/engine/boot/systemrescue/agent-files.ts';
import {
  type SystemRescueContext,
  systemRescueFile,
} from '../../../../src/engine/boot/systemrescue/systemrescue-file.ts';
import { systemRescueImage } from '../../../../src/engine/boot/systemrescue/systemrescue-image.ts';
import { describedByPath } from '../../../../src/engine/image/served-image.ts';
import { type BootFile, MemoryBootFile } from '../../../../src/engine/tftp/boot-file.ts';
import { installedTool } from '../../../bench/executors/local/installed-tool.ts';
import { remade } from '../../a-metainfo.ts';
import { aDiskFile } from '../../agent/a-deployment.ts';
import { aGoldenImage } from '../../agent/a-golden-image.ts';
import { aFolder } from '../../an-image.ts';
import { AGENT_TOKEN, anImageServer } from '../../http/an-image-server.ts';

const MAC = '52:54:00:12:34:56';
const FOLDER = 'rescue';
/** What of the unpacked ISO is asked for (SystemRescue 9 to 12), and the checksum beside the file system. */
const TREE = [
  'sysresccd/boot/x86_64/vmlinuz',
  'sysresccd/boot/x86_64/sysresccd.img',
  'sysresccd/boot/intel_ucode.img',
  'sysresccd/boot/amd_ucode.img',
  'sysresccd/x86_64/airootfs.sfs',
  'sysresccd/x86_64/airootfs.sha512',
].map((path) => `${FOLDER}/${path}`);

const machine: RegisteredMachine = {
  name: 'pc-1',
  isArmed: true,
  arguments: [`swarmboot.token=${AGENT_TOKEN}`, 'quiet'],
};

function aContext(httpUrl: string, registered: RegisteredMachine = machine): SystemRescueContext {
  const registry = { machine: (mac: string) => (mac === MAC ? registered : undefined) };
  return { httpUrl, registry, files: new Map([['agent.mjs', Buffer.from('agent')]]) };
}

/** A server of a context that is known when it has its address; everything else it passes on to another. */
async function aServer(contextOf: (url: string) => SystemRescueContext, elsewhere = ''): Promise<string> {
  const server = createServer(async (request, response) => {
    const file = systemRescueFile(request.url!, contextOf(url));
    if (file) return response.writeHead(200, { 'content-type': file.type }).end(file.body);
    const { method, headers } = request;
    const asked = Object.fromEntries(
      ['authorization', 'content-type', 'range'].flatMap((name) =>
        headers[name] === undefined ? [] : [[name, headers[name] as string]],
      ),
    );
    const body = method === 'POST' ? await text(request) : null;
    const answer = await fetch(elsewhere + request.url, { method: method!, headers: asked, body });
    return response
      .writeHead(answer.status, Object.fromEntries(answer.headers))
      .end(Buffer.from(await answer.arrayBuffer()));
  }).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return url;
}

/** What iPXE puts in for the card that it booted by. */
const expanded = (script: string): string =>
  script.replaceAll(`\${netX/mac:hexhyp}`, MAC.replaceAll(':', '-'));

describe('SystemRescue as boot image', () => {
  it('is named by addresses that are all served', async () => {
    const bootFiles = new Map(TREE.map((name) => [name, new MemoryBootFile(Buffer.from(name))] as const));
    const { url: boot } = await anImageServer(new Uint8Array(65_536), { bootFiles });
    const url = await aServer(aContext, boot);
    const image = systemRescueImage({ httpUrl: url, folder: FOLDER });
    const catalogue = checkedCatalogue({ loaders: {}, images: { bios: image } });
    const target = { platform: 'bios', mac: MAC } as const;
    const script = expanded(
      ipxeScript({ target, plan: bootPlanOf(machine, 'bios', catalogue), httpUrl: url }),
    );
    const named = [...script.matchAll(/http:\/\/[^\s]+/g)].map(([address]) => address);
    const [tree] = named.filter((address) => address.endsWith('/'));
    const files = named.filter((address) => address !== tree && !address.includes('/ipxe/'));
    expect(files).toHaveLength(5);
    for (const name of ['airootfs.sfs', 'airootfs.sha512']) files.push(`${tree}sysresccd/x86_64/${name}`);
    for (const file of files) expect(`${(await fetch(file)).status} ${file}`).toBe(`200 ${file}`);
    const config = parse(await (await fetch(files.find((file) => file.endsWith('.yaml'))!)).text());
    const { exec } = config.autorun;
    expect(Object.keys(exec)).toEqual(['swarmboot']);
    expect(await (await fetch(exec.swarmboot.url)).text()).toMatch(/^#!\/bin\/sh\n/);
  });

  it('has nothing for a machine that is not armed, nor for one that nobody knows', () => {
    const unarmed = aContext('http://server', { ...machine, isArmed: false });
    const file = (mac: string) => `/systemrescue/${mac.replaceAll(':', '-')}`;
    expect(systemRescueFile(`${file(MAC)}.yaml`, unarmed)).toBeUndefined();
    expect(systemRescueFile(`${file(MAC)}/autorun`, unarmed)).toBeUndefined();
    const other = aContext('http://server');
    expect(systemRescueFile(`${file('52:54:00:00:00:00')}.yaml`, other)).toBeUndefined();
    expect(systemRescueFile('/systemrescue/agent/../../etc/passwd', other)).toBeUndefined();
    expect(systemRescueFile('/boot/vmlinuz', other)).toBeUndefined();
  });
});

describe('the script that SystemRescue starts', () => {
  it('fetches the agent with its Node and deploys the machine, which then restarts', async (context) => {
    needsFetchTools(context);
    const golden = await aGoldenImage();
    const bootFiles = new Map<string, BootFile>();
    const { url: imageServer, payloadUrl, arm, targets } = await anImageServer(golden.payload, { bootFiles });
    const torrent = remade(golden.image.metainfo, { trackers: [], webSeeds: [payloadUrl] });
    const described = await describedByPath({ folder: golden.folder, manifest: golden.image.manifest });
    for (const [path, bytes] of described.files)
      bootFiles.set(path, new MemoryBootFile(path.endsWith('.torrent') ? torrent.bytes : bytes));
    arm(MAC);
    const disk = await aDiskFile(golden.disk.length);
    const files = await systemRescueAgentFiles(
      {
        node: await readFile(process.execPath),
        agentFiles: await bundleAgent(),
        publicKey: golden.keys.publicKey,
      },
      1,
    );
    const words = [...machine.arguments, `swarmboot.disk=path=${disk.path}`, `swarmboot.id=${MAC}`];
    const url = await aServer(
      (httpUrl) => ({ ...aContext(httpUrl, { ...machine, arguments: words }), files }),
      imageServer,
    );
    const config = parse(await (await fetch(`${url}/systemrescue/${MAC.replaceAll(':', '-')}.yaml`)).text());
    const { said, restarts } = await runAutorun(config.autorun.exec.swarmboot.url);

    expect(said).toContain('done: the machine restarts');
    expect(targets()).toMatchObject([{ machine: MAC, state: 'finished' }]);
    expect((await readFile(disk.path)).equals(golden.disk)).toBe(true);
    expect(restarts).toBe('reboot\n');
  });

  it('starts the agent with its environment', async (context) => {
    needsFetchTools(context);
    const node = zstdCompressSync(Buffer.from('#!/bin/sh\nenv\n'));
    const url = await aServer((httpUrl) => ({
      ...aContext(httpUrl),
      files: new Map([[PACKED_NODE, node]]),
    }));
    const { said } = await runAutorun(`${url}/systemrescue/${MAC.replaceAll(':', '-')}/autorun`);
    expect(said.split('\n')).toEqual(expect.arrayContaining(AGENT_ENVIRONMENT_WORDS.split(' ')));
  });

  it('starts nothing where a file is not what it should be', async (context) => {
    installedTool(context, 'curl', 'curl');
    let asked = 0;
    const url = await aServer((httpUrl) => {
      asked++;
      // The script is made of one agent, and another one is served.
      const files = new Map([['agent.mjs', Buffer.from(asked === 1 ? 'agent' : 'other')]]);
      return { ...aContext(httpUrl), files };
    });
    const { said, restarts } = await runAutorun(`${url}/systemrescue/${MAC.replaceAll(':', '-')}/autorun`);
    expect(said).toContain('agent.mjs: FAILED');
    expect(said).not.toContain('starting the agent');
    expect(restarts).toBe('reboot\n');
  });
});

/** What SystemRescue brings, and the script makes use of. */
function needsFetchTools(context: TestContext): void {
  for (const name of ['curl', 'zstd']) installedTool(context, name, name);
}

/** Fetches the script as SystemRescue does and runs it in a folder of its own, where nothing restarts or waits. */
async function runAutorun(url: string): Promise<{ said: string; restarts: string }> {
  const folder = await aFolder();
  const script = join(folder, 'autorun');
  await writeFile(script, await (await fetch(url)).text());
  const restarts = join(folder, 'restarts');
  await writeFile(restarts, '');
  const stubs = { systemctl: `echo "$@" >> '${restarts}'`, sleep: ':' };
  for (const [name, does] of Object.entries(stubs)) {
    await writeFile(join(folder, name), `#!/bin/sh\n${does}\n`);
    await chmod(join(folder, name), 0o755);
  }
  const env = { PATH: [folder, process.env.PATH].join(delimiter), TMPDIR: folder };
  const child = spawn('sh', [script], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const [out, complaints] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { said: out + complaints, restarts: await readFile(restarts, 'utf8') };
}
