import { once } from 'node:events';
import { mkdir, open, readdir, readFile, rename, symlink, utimes, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { bundleAgent } from '../../src/cli/agent-bundle.ts';
import { aGoldenImage } from '../engine/agent/a-golden-image.ts';
import { aFolder } from '../engine/an-image.ts';
import { aFreePort } from '../engine/swarm/a-swarm.ts';
import { boot, ended, macOf, storeOf } from './a-booted-agent.ts';
import { ADeploymentServer } from './a-deployment-server.ts';
import { startSwarmboot, swarmboot } from './swarmboot-process.ts';

const MIB = 2 ** 20;

/** States of the machines of the first deployment. */
async function statesAt(
  server: ADeploymentServer,
): Promise<readonly { state: string; share: number | null }[]> {
  const { machines } = (await server.ask('/deployments/1')) as {
    machines: { state: string; share: number | null }[];
  };
  return machines;
}

describe('a deployment server', () => {
  it('that is killed in the middle of a deployment and started again brings it to its end', async () => {
    const golden = await aGoldenImage({ chunks: 32, chunkBytes: MIB, pieceBytes: 2 ** 18, entropy: 60 });
    const server = await ADeploymentServer.start({ store: storeOf(golden), upload: 1.5 * MIB });
    const macs = [1, 2, 3, 4].map(macOf);
    await server.ask('/deployments', { image: 'lab', machines: macs, waitFor: 4 });
    const machines = await Promise.all(macs.map((mac) => boot(server, golden, mac)));
    while (!(await statesAt(server)).every(({ share }) => (share ?? 0) > 0.2)) await sleep(100);
    const { served } = (await server.ask('/status')) as { served: { uploadedBytes: number }[] };
    expect(served).toEqual([{ image: 'lab', version: 1, uploadedBytes: expect.any(Number) }]);
    expect(served[0]!.uploadedBytes).toBeGreaterThan(MIB);
    await server.kill();
    await sleep(1_000);
    expect(machines.map(({ agent }) => agent.exitCode)).toEqual([null, null, null, null]);
    await server.powerOn();
    for (const machine of machines) expect(await ended(machine)).toBe('exit code 0: ');
    for (const { diskFile } of machines) expect((await readFile(diskFile)).equals(golden.disk)).toBe(true);
    expect((await statesAt(server)).map(({ state }) => state)).toEqual(Array(4).fill('finished'));
  });

  it('takes an agent that is interrupted for one that goes on later, and lets it', async () => {
    const golden = await aGoldenImage({ chunks: 32, chunkBytes: MIB, pieceBytes: 2 ** 18, entropy: 60 });
    const server = await ADeploymentServer.start({ store: storeOf(golden), upload: 2 * MIB });
    await server.ask('/deployments', { image: 'lab', machines: [macOf(1)] });
    const interrupted = await boot(server, golden, macOf(1));
    while (!(await statesAt(server)).every(({ share }) => (share ?? 0) > 0.1)) await sleep(100);
    interrupted.agent.kill('SIGINT');
    expect(await ended(interrupted)).toMatch(/^exit code 130: .*goes on from it/s);
    await sleep(500);
    expect(await statesAt(server)).toMatchObject([{ state: 'deploying', failure: null }]);
    const sameDisk = ['--disk', `path=${interrupted.diskFile}`];
    expect(await ended(await boot(server, golden, macOf(1), sameDisk))).toBe('exit code 0: ');
  });

  it('has no other disk written to than the one that a machine began with', async () => {
    const golden = await aGoldenImage({ chunks: 32, chunkBytes: MIB, pieceBytes: 2 ** 18, entropy: 60 });
    const server = await ADeploymentServer.start({ store: storeOf(golden), upload: 2 * MIB });
    await server.ask('/deployments', { image: 'lab', machines: [macOf(1)] });
    const interrupted = await boot(server, golden, macOf(1));
    while (!(await statesAt(server)).every(({ share }) => (share ?? 0) > 0.1)) await sleep(100);
    interrupted.agent.kill('SIGINT');
    await ended(interrupted);
    const other = await boot(server, golden, macOf(1));
    expect(await ended(other)).toMatch(/^exit code 1: .*began to write to the disk .*, and now means/s);
    expect((await readFile(other.diskFile)).every((byte) => byte === 0)).toBe(true);
    expect(await statesAt(server)).toMatchObject([{ state: 'failed' }]);
  });

  it('lets an armed machine be written to once, and no other at all', async () => {
    const golden = await aGoldenImage();
    const server = await ADeploymentServer.start({ store: storeOf(golden) });
    await server.ask('/deployments', { image: 'lab', machines: [macOf(1)] });
    expect(await ended(await boot(server, golden, macOf(1)))).toBe('exit code 0: ');
    const script = async (mac: string) =>
      (await fetch(`${server.url}/ipxe/uefi-x64/${mac.replaceAll(':', '-')}`)).text();
    expect(await script(macOf(1))).toBe(
      `#!ipxe\necho Swarmboot: boot from disk: ${macOf(1)} is not armed\nexit 1\n`,
    );
    expect(await script(macOf(2))).toContain('boot from disk: the machine is not known');
    expect(await server.ask('/machines')).toMatchObject({
      machines: [
        { mac: macOf(1), facts: { firmware: expect.any(String) } },
        { mac: macOf(2), facts: null },
      ],
    });
  });

  it('lets a machine try everything but the writing, and stay armed', async () => {
    const golden = await aGoldenImage();
    const server = await ADeploymentServer.start({ store: storeOf(golden) });
    await server.ask('/deployments', { image: 'lab', machines: [macOf(1)] });
    const tried = await boot(server, golden, macOf(1), ['--dry-run']);
    expect(await ended(tried)).toBe('exit code 0: ');
    expect((await readFile(tried.diskFile)).every((byte) => byte === 0)).toBe(true);
    const failed = await boot(server, golden, macOf(1), ['--dry-run', '--disk', 'serial=none']);
    expect(await ended(failed)).toMatch(/^exit code 1: .*none/s);
    expect(await statesAt(server)).toMatchObject([{ state: 'armed', failure: null }]);
    const meant = await boot(server, golden, macOf(1));
    expect(await ended(meant)).toBe('exit code 0: ');
    expect((await readFile(meant.diskFile)).equals(golden.disk)).toBe(true);
  });

  it('tells a machine why it gets no image, and serves on', async () => {
    const golden = await aGoldenImage();
    const server = await ADeploymentServer.start({ store: storeOf(golden) });
    await server.ask('/deployments', { image: 'lab', machines: [macOf(1)] });
    await rename(golden.folder, `${golden.folder}.away`);
    const refused = await ended(await boot(server, golden, macOf(1)));
    expect(refused).toMatch(/^exit code 1: .*the image cannot be served: lab, version 1: .*there is no lab/s);
    await rename(`${golden.folder}.away`, golden.folder);
    expect(await ended(await boot(server, golden, macOf(1)))).toBe('exit code 0: ');
  });

  it('starts again where the file for its operators is damaged, and writes it anew', async () => {
    const server = await ADeploymentServer.start({ store: storeOf(await aGoldenImage()) });
    await server.kill();
    await writeFile(join(server.state, 'operator-access.json'), '{"url":');
    await server.powerOn();
    expect(await server.ask('/machines')).toEqual({ machines: [] });
  });

  it('has webtorrent run at both ends where it is set, also in the agent as a boot image has it', async () => {
    const golden = await aGoldenImage({ chunks: 8, chunkBytes: MIB, pieceBytes: 2 ** 18, entropy: 60 });
    const server = await ADeploymentServer.start({ store: storeOf(golden), swarm: { client: 'webtorrent' } });
    const macs = [1, 2].map(macOf);
    await server.ask('/deployments', { image: 'lab', machines: macs, waitFor: 2 });
    const folder = await aFolder();
    for (const { name, bytes } of await bundleAgent()) await writeFile(join(folder, name), bytes);
    const machines = [
      await boot(server, golden, macs[0]!, ['--json']),
      await boot(server, golden, macs[1]!, ['--json'], join(folder, 'agent.mjs')),
    ];
    for (const machine of machines) {
      expect(await ended(machine)).toBe('exit code 0: ');
      expect((await readFile(machine.diskFile)).equals(golden.disk)).toBe(true);
      const { client, downloadedBytes, wireBytes } = JSON.parse(await machine.said);
      expect(client).toBe('webtorrent');
      expect(downloadedBytes).toBeGreaterThanOrEqual(wireBytes);
      expect(await machine.errors).not.toMatch(/webtorrent|utp/i);
    }
    expect(await server.ask('/status')).toMatchObject({ client: 'webtorrent' });
    expect(server.output).not.toMatch(/webtorrent|utp/i);
  });

  it('sends no boot file that was written to since it was started, and says so', async () => {
    const server = await ADeploymentServer.start({ store: storeOf(await aGoldenImage()) });
    const kernel = join(server.state, 'boot/vmlinuz');
    await server.kill();
    await writeFile(kernel, 'a kernel');
    await utimes(kernel, 1, 1);
    await server.powerOn();
    await writeFile(kernel, 'another!', { flag: 'r+' });
    await expect(fetch(`${server.url}/boot/vmlinuz`).then((answer) => answer.text())).rejects.toThrow();
    const told = `http: the boot file ${kernel} was written to while it is served`;
    while (!server.output.includes(told)) await sleep(50);
  });

  it('says at its start which files for machines are not among those that it serves', async () => {
    const server = await ADeploymentServer.start({ store: storeOf(await aGoldenImage()) });
    const folder = join(server.state, 'boot');
    await server.kill();
    await writeFile(join(folder, 'vmlinuz'), 'a kernel');
    await symlink('vmlinuz', join(folder, 'initrd.img'));
    server.output = '';
    await server.powerOn();
    expect(server.output).toContain(
      `boot: undionly.kpxe, snponly.efi, initrd.img cannot be served from ${folder}: serve --check says why`,
    );
  });

  it('goes on where the disk of its log is full, and says so once', async () => {
    const golden = await aGoldenImage();
    const server = await ADeploymentServer.start({ store: storeOf(golden) });
    await server.kill();
    server.output = '';
    const full = await open('/dev/full', 'w');
    onTestFinished(() => full.close());
    await server.powerOn(full.fd);
    await server.ask('/deployments', { image: 'lab', machines: [macOf(1)] });
    expect(await ended(await boot(server, golden, macOf(1)))).toBe('exit code 0: ');
    expect(await server.ask('/machines')).toMatchObject({ machines: [{ mac: macOf(1) }] });
    expect(server.output.match(/swarmboot: the log cannot be written \(ENOSPC.*\)/g)).toHaveLength(1);
  });

  it('says what it did', async () => {
    const golden = await aGoldenImage();
    const server = await ADeploymentServer.start({ store: storeOf(golden) });
    await server.ask('/deployments', { image: 'lab', machines: [macOf(1)] });
    await ended(await boot(server, golden, macOf(1)));
    while (!server.output.includes('targetFinished')) await sleep(50);
    expect(server.output).toContain(`boot: ${macOf(1)} is told: deployment`);
  });
});

/** A file of settings for loopback, on ports that are free, with `settings` over them. */
async function aConfigFile(settings: object): Promise<string> {
  const folder = await aFolder();
  const configFile = join(folder, 'swarmboot.yaml');
  const [http, tftp, tracker, swarm] = await Promise.all(
    Array.from({ length: 4 }, async () => ({ port: await aFreePort('127.0.0.1') })),
  );
  const usual = { state: join(folder, 'state'), interface: 'lo', dhcp: { mode: 'off' } };
  await writeFile(configFile, JSON.stringify({ ...usual, http, tftp, tracker, swarm, ...settings }));
  return configFile;
}

describe('a deployment server that is ended', () => {
  it.each([
    ['SIGTERM', 0, 'stdout'],
    ['SIGINT', 130, 'stderr'],
  ] as const)('by %s ends with %i', async (signal, code, stream) => {
    const serving = startSwarmboot('serve', '--config', await aConfigFile({}));
    await serving.said('serving on lo');
    serving.kill(signal);
    const ended = await serving.ended;
    expect(ended.code).toBe(code);
    expect(ended[stream]).toMatch(/ended by \S+; machines that are being deployed go on when the server/);
  });
});

describe('serve --check', () => {
  it.each([
    [
      { network: '10.0.0.1/24' },
      /^MISSING {2}DHCP addresses: dhcp\.subnets\.0\.network: 10\.0\.0\.1\/24 is a host/m,
    ],
    [
      { network: '10.0.0.0/24' },
      /^note {5}DHCP addresses of this network: none of dhcp\.subnets holds 127\.0\.0\.1,/m,
    ],
    [{ network: '127.0.0.0/24' }, /^ok {7}DHCP addresses of this network: 127\.0\.0\.0\/24$/m],
  ])('reads subnets as the server will: %j', async (subnet, line) => {
    const configFile = await aConfigFile({ dhcp: { mode: 'full', subnets: [subnet] } });
    expect((await swarmboot('serve', '--check', '--config', configFile)).stdout).toMatch(line);
  });

  it('finds everything that a server needs, or says what to do, and changes nothing', async () => {
    const folder = await aFolder();
    const configFile = join(folder, 'swarmboot.yaml');
    const settings = { state: join(folder, 'state'), interface: 'lo', dhcp: { mode: 'off' } };
    // Other programs of the computer may have the usual ones.
    const [http, tftp, tracker, swarm] = await Promise.all(
      Array.from({ length: 4 }, async () => ({ port: await aFreePort('127.0.0.1') })),
    );
    await writeFile(configFile, JSON.stringify({ ...settings, http, tftp, tracker, swarm }));
    const { code, stdout } = await swarmboot('serve', '--check', '--config', configFile);
    expect(code).toBe(0);
    expect(stdout).toContain('ok       interface lo: 127.0.0.1');
    expect(stdout).toMatch(/note {5}boot file vmlinuz: .*swarmboot bootimage build --out makes it/);
    expect(await readdir(folder)).toEqual(['swarmboot.yaml']);
  });

  it('asks for boot files as the server would serve them', async () => {
    const folder = await aFolder();
    const configFile = join(folder, 'swarmboot.yaml');
    const boot = {
      folder,
      images: { bios: { kernel: '.hidden/vmlinuz', initrds: ['initrd.img', 'link.img'] } },
    };
    await mkdir(join(folder, '.hidden'));
    for (const name of ['.hidden/vmlinuz', 'initrd.img']) await writeFile(join(folder, name), name);
    await symlink('initrd.img', join(folder, 'link.img'));
    const settings = { state: join(folder, 'state'), interface: 'lo', dhcp: { mode: 'off' }, boot };
    await writeFile(configFile, JSON.stringify(settings));
    const { stdout } = await swarmboot('serve', '--check', '--config', configFile);
    expect(stdout).toContain(`ok       boot folder: ${folder}: 2 files are served`);
    expect(stdout).toContain('ok       boot file initrd.img: 10 bytes');
    for (const name of ['link.img', '.hidden/vmlinuz'])
      expect(stdout).toContain(
        `note     boot file ${name}: ${join(folder, name)} is not served: it is a link, or hidden`,
      );
  });

  it('ends with 1 where the server could not start, and names the reason', async () => {
    const taken = createServer().listen(0);
    await once(taken, 'listening');
    onTestFinished(() => {
      taken.close();
    });
    const { port } = taken.address() as AddressInfo;
    const configFile = join(await aFolder(), 'swarmboot.yaml');
    await writeFile(
      configFile,
      JSON.stringify({ interface: 'none0', dhcp: { mode: 'off' }, http: { port } }),
    );
    const { code, stdout } = await swarmboot('serve', '--check', '--json', '--config', configFile);
    expect(code).toBe(1);
    const { findings } = JSON.parse(stdout) as { findings: { what: string; state: string }[] };
    const missing = findings.filter(({ state }) => state === 'missing').map(({ what }) => what);
    expect(missing).toEqual(expect.arrayContaining(['interface none0', `HTTP port ${port}`]));
  });

  it('asks for the files of SystemRescue where machines boot that', async () => {
    const folder = await aFolder();
    const configFile = join(folder, 'swarmboot.yaml');
    const settings = { state: join(folder, 'state'), interface: 'lo', dhcp: { mode: 'off' } };
    await writeFile(configFile, JSON.stringify({ ...settings, boot: { systemRescue: 'rescue' } }));
    const { stdout } = await swarmboot('serve', '--check', '--config', configFile);
    expect(stdout).toContain('boot file rescue/sysresccd/boot/x86_64/vmlinuz');
    expect(stdout).not.toContain('boot file vmlinuz');
  });

  it('looks for golden images where it is told, by an option or by the variable of all commands', async () => {
    const folder = await aFolder();
    const configFile = join(folder, 'swarmboot.yaml');
    const settings = { state: join(folder, 'state'), interface: 'lo', dhcp: { mode: 'off' } };
    await writeFile(configFile, JSON.stringify({ ...settings, store: join(folder, 'as-the-settings-say') }));
    const imagesOf = async (...options: string[]) =>
      (await swarmboot('serve', '--check', '--config', configFile, ...options)).stdout.match(
        /golden images: there is none in (\S+):/,
      )?.[1];
    expect(await imagesOf()).toBe(join(folder, 'as-the-settings-say'));
    expect(await imagesOf('--store', folder)).toBe(folder);
    vi.stubEnv('SWARMBOOT_STORE', folder);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(await imagesOf()).toBe(folder);
  });

  it('names a setting that cannot be', async () => {
    const configFile = join(await aFolder(), 'swarmboot.yaml');
    await writeFile(configFile, 'interface: lo\ndhcp: { mode: both }\n');
    const { code, stderr } = await swarmboot('serve', '--config', configFile);
    expect(code).toBe(2);
    expect(stderr).toContain(`${configFile}:2:15: dhcp.mode: found \`both\``);
  });

  it('names the place of a setting also where it is found out at the start', async () => {
    const configFile = join(await aFolder(), 'swarmboot.yaml');
    await writeFile(configFile, 'site: ""\ninterface: none0\ndhcp: { mode: off }\n');
    const { code, stderr } = await swarmboot('serve', '--config', configFile);
    expect(code).toBe(2);
    expect(stderr).toContain(`${configFile}:2:12: interface: there is no interface \`none0\``);
  });
});
