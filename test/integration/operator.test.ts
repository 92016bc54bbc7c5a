import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Target } from '../../src/engine/deployment/deployment.ts';
import type { DeploymentStore } from '../../src/engine/deployment/deployment-store.ts';
import { publishImage } from '../engine/deployment/an-operator-api.ts';
import { anOperatorServer } from '../engine/deployment/an-operator-server.ts';
import { aFolder, startOnTerminal, startSwarmboot, swarmboot } from './swarmboot-process.ts';

const [FIRST, SECOND] = ['52:54:00:00:00:01', '52:54:00:00:00:02'];

/** A server with the image `lab`, and its folder as an operator on the same computer finds it. */
async function aServer() {
  const server = await anOperatorServer();
  const state = await aFolder();
  const url = `http://127.0.0.1:${server.port}`;
  await writeFile(join(state, 'operator-access.json'), JSON.stringify({ url, token: server.token }));
  const call = (...args: string[]) => swarmboot(...args, '--state', state);
  return { ...server, state, url, call };
}

function change(store: DeploymentStore, machine: string, changes: Partial<Target>): void {
  store.keepTarget({ ...store.targetsOf(1).find((target) => target.machine === machine)!, ...changes });
}

describe('swarmboot machine', () => {
  it('adds, tags, lists and forgets machines', async () => {
    const { call } = await aServer();
    expect(await call('machine', 'list')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('`machine add`'),
    });
    const added = await call(
      'machine',
      'add',
      '5254.0000.0001',
      '--name',
      'pc-1',
      '--tag',
      'room-7',
      '--json',
    );
    expect(JSON.parse(added.stdout)).toEqual({ machine: { mac: FIRST, name: 'pc-1', tags: ['room-7'] } });
    await call('machine', 'add', SECOND);
    const tagged = await call('machine', 'tag', 'pc-1', 'windows', '--remove', 'room-7');
    expect(tagged.stdout).toBe(`${FIRST} is pc-1, tags: windows\n`);
    const list = await call('machine', 'list');
    expect(list.stdout).toMatch(/52:54:00:00:00:01.*pc-1.*windows.*\n.*52:54:00:00:00:02/s);
    const some = await call('machine', 'list', '--tag', 'windows', '--json');
    expect(JSON.parse(some.stdout)).toMatchObject({ machines: [{ mac: FIRST }] });
    expect((await call('machine', 'forget', 'pc-1')).stdout).toBe(`${FIRST} is forgotten\n`);
    expect(JSON.parse((await call('machine', 'list', '--json')).stdout).machines).toHaveLength(1);
  });

  it('tells mistakes in a sentence', async () => {
    const { call, store } = await aServer();
    store.describeMachine(FIRST, { name: 'pc-1', tags: [] });
    for (const [args, sentence] of [
      [['add', 'pc-1'], 'is no MAC and no UUID'],
      [['add', FIRST], 'is known already; `machine tag`'],
      [['add', SECOND, '--name', 'pc-1'], `pc-1 is the name of ${FIRST}`],
      [['tag', 'pc-2', 'x'], '`machine add` adds one'],
      [['tag', 'pc-1'], 'name tags to give'],
      [['forget', 'pc-2'], 'no machine has this name; there is pc-1'],
      [['forget', SECOND], `${SECOND} is no machine that is known`],
    ] as const)
      expect(await call('machine', ...args)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(sentence),
      });
  });
});

describe('swarmboot deploy', () => {
  it('says which disk is meant and what is done to it afterwards, and arms further machines', async () => {
    const { call, store } = await aServer();
    const script = join(await aFolder(), 'motd.sh');
    await writeFile(script, 'echo deployed');
    const wishes = ['--disk', 'path=/dev/sda', '--efi-boot-entry', '--script', script];
    expect(await call('deploy', 'start', 'lab', FIRST!, ...wishes)).toMatchObject({ code: 0 });
    expect(store.deployments()).toMatchObject([
      {
        disk: 'path=/dev/sda',
        steps: { efiBootEntry: true, hostName: null, scripts: [{ name: 'motd.sh', text: 'echo deployed' }] },
      },
    ]);
    expect((await call('deploy', 'add', '1', SECOND!)).stdout).toBe('deployment 1: 2 armed\n');
    const missing = await call('deploy', 'start', 'lab', FIRST!, '--script', '/none');
    expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining('/none cannot be read') });
  });

  it('says which names machines get and that file systems grow, where the image has room for that', async () => {
    const { call, store, images } = await aServer();
    const root = { number: 1, startBytes: 512, bytes: 3584, fileSystem: 'ext4', usedBytes: 3584 };
    const partitions = [{ ...root, copied: 'whole' }] as const;
    await publishImage(images, { name: 'linux', table: 'mbr', partitions: [...partitions] });
    const wishes = ['--host-name', 'room7-{number:2}', '--grow'];
    expect(await call('deploy', 'start', 'linux', FIRST!, ...wishes)).toMatchObject({ code: 0, stderr: '' });
    expect(store.deployments()).toMatchObject([
      { steps: { hostName: 'room7-{number:2}', growLastPartition: true } },
    ]);
    for (const [wish, sentence] of [
      [['--host-name', 'pc-{number}'], 'the image has no ext2, ext3, ext4'],
      [['--grow'], 'the image has no partition'],
    ] as const)
      expect(await call('deploy', 'start', 'lab', SECOND!, ...wish)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(sentence),
      });
    expect(store.deployments()).toHaveLength(1);
  });

  it('arms machines, and cancels and tries again', async () => {
    const { call, store } = await aServer();
    store.describeMachine(FIRST, { name: 'pc-1', tags: ['room-7'] });
    store.describeMachine(SECOND, { name: null, tags: ['room-7'] });
    const at = '2099-01-01T00:00:00Z';
    const args = ['deploy', 'start', 'lab', 'tag:room-7', '--version', '1', '--wait-for', '2', '--at', at];
    const { deployment } = JSON.parse((await call(...args, '--json')).stdout);
    expect(deployment).toMatchObject({
      ...{ id: 1, image: 'lab', version: 1, rawBytes: 4096, isOver: false },
      start: { waitFor: 2, at: '2099-01-01T00:00:00.000Z' },
      machines: [
        { machine: FIRST, state: 'armed' },
        { machine: SECOND, state: 'armed' },
      ],
    });
    change(store, SECOND, { state: 'failed', failure: 'DISK_FULL: too small' });
    const status = await call('deploy', 'status', '1');
    expect(status.stdout).toMatch(/1 armed, 1 failed\n.*pc-1.*waits to be booted.*failed: DISK_FULL/s);
    expect((await call('deploy', 'cancel', '1')).stdout).toBe(
      'deployment 1 is cancelled: 1 cancelled, 1 failed\n',
    );
    expect((await call('deploy', 'retry', '1')).stdout).toBe('deployment 1 is tried again: 2 armed\n');
    expect((await call('deploy', 'status')).stdout).toMatch(/lab, version 1.*4\.10 kB.*2 armed/);
  });

  it('tells mistakes in a sentence', async () => {
    const { call, store } = await aServer();
    for (const [args, sentence] of [
      [['start', 'lab', 'pc-9'], 'no machine has this name'],
      [['start', 'none', FIRST], 'there is no none in'],
      [['start', 'lab', FIRST, '--wait-for', '2'], '2 machines are waited for, and 1 are named'],
      [['start', 'lab', FIRST, '--at', 'soon'], 'allowed is a time such as 22:00'],
      [['start', 'lab', FIRST, '--at', '2020-01-01T00:00:00Z'], 'is past'],
      [['start', 'lab', FIRST, '--version', 'x'], '--version'],
      [
        ['start', 'lab', FIRST, '--disk', '/dev/sda'],
        '--disk: found `/dev/sda`; allowed are `only`, `serial=...`',
      ],
      [['start', 'lab', FIRST, '--disk', 'serial=A B'], 'allowed are `only`, `serial=...`'],
      [['start', 'lab'], "missing required argument 'machines'"],
      [['watch'], '`deploy start` makes one'],
      [['watch', '7'], 'there is no deployment 7'],
      [['status', '7'], 'there is no deployment 7'],
      [['cancel', 'x'], 'a whole number'],
    ] as const)
      expect(await call('deploy', ...args)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(sentence),
      });
    expect(store.deployments()).toEqual([]);
  });
});

describe('swarmboot deploy watch', () => {
  it('says what changes until all machines are finished, and ends with 0', async () => {
    const { state, store } = await aServer();
    store.describeMachine(FIRST, { name: 'pc-1', tags: [] });
    const watching = startSwarmboot('deploy', 'start', 'lab', FIRST, SECOND, '--watch', '--state', state);
    while (store.deployments().length === 0) await sleep(20);
    for (const machine of [FIRST, SECOND]) change(store, machine, { state: 'deploying', phase: 'register' });
    for (const share of [0, 0.25, 0.5]) {
      change(store, FIRST, { state: 'deploying', phase: 'download', share });
      await watching.said(`pc-1 download ${share * 100} %`);
    }
    for (const machine of [FIRST, SECOND]) {
      change(store, machine, { state: 'verified', phase: 'verify', share: 1 });
      change(store, machine, { state: 'finished' });
    }
    const { code, stdout } = await watching.ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/deployment 1: 2 machines are armed for lab, version 1/);
    expect(stdout).toMatch(/pc-1 has registered/);
    expect(stdout).toMatch(/pc-1 download 50 %, [\d.]+ k?B\/s, \d+ s left/);
    expect(stdout).toMatch(/52:54:00:00:00:02 is finished/);
    expect(stdout).toMatch(/deployment 1 is done: 2 finished\n$/);
  });

  it('ends with 1 when a machine failed, and says why and what to do', async () => {
    const { call, state, store } = await aServer();
    await call('deploy', 'start', 'lab', FIRST, SECOND);
    change(store, FIRST, { state: 'deploying', phase: 'download', share: 0.5 });
    const watching = startSwarmboot('deploy', 'watch', '--state', state);
    await watching.said('download 50 %');
    change(store, FIRST, { state: 'failed', failure: 'DISK_LOST: it\u001b[2J\nis gone' });
    change(store, SECOND, { state: 'finished' });
    const { code, stdout, stderr } = await watching.ended;
    expect(code).toBe(1);
    // What a machine says does not steer the terminal.
    expect(stdout).toContain('failed: DISK_LOST: it [2J is gone');
    expect(stderr).toMatch(/1 finished, 1 failed: 52:54:00:00:00:01 \(DISK_LOST.*`deploy retry 1`/);
    const json = await call('deploy', 'watch', '1', '--json');
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({ deployment: { isOver: true } });
  });

  it('is stopped by Ctrl-C, and the deployment goes on', async () => {
    const { call, state, store } = await aServer();
    await call('deploy', 'start', 'lab', FIRST);
    const watching = startSwarmboot('deploy', 'watch', '--state', state);
    await watching.said('is created');
    watching.kill('SIGINT');
    const { code, stderr } = await watching.ended;
    expect({ code, stderr }).toMatchObject({
      code: 130,
      stderr: expect.stringContaining('deployment 1 goes on: `deploy watch 1` shows it again'),
    });
    expect(store.targetsOf(1)).toMatchObject([{ state: 'armed' }]);
  });

  it('shows bars on a terminal, no more than there is room for', async () => {
    const { call, state, store } = await aServer();
    const machines = Array.from(
      { length: 60 },
      (_, index) => `52:54:00:00:01:${String(index).padStart(2, '0')}`,
    );
    await call('deploy', 'start', 'lab', ...machines);
    for (const machine of machines) change(store, machine, { state: 'deploying', phase: 'scan', share: 0.5 });
    const { exitCode, shown } = startOnTerminal('deploy', 'watch', '1', '--state', state);
    const rows = () => new Set(shown().match(/52:54:00:00:01:\d\d +█/g)).size;
    while (rows() < 16 || !shown().includes('60 deploying')) await sleep(50);
    for (const machine of machines) change(store, machine, { state: 'finished' });
    expect(await exitCode).toBe(0);
    // What is kept free of 20 lines is for the sum and for what is said.
    expect(rows()).toBe(16);
    expect(shown()).toContain('deployment 1 is done: 60 finished');
  });

  it('ends on a terminal, too, where all was over before', async () => {
    const { call, state, store } = await aServer();
    await call('deploy', 'start', 'lab', FIRST);
    change(store, FIRST, { state: 'finished' });
    const { exitCode, shown } = startOnTerminal('deploy', 'watch', '1', '--state', state);
    expect(await exitCode).toBe(0);
    expect(shown()).toContain('deployment 1 is done: 1 finished');
  });
});

describe('a server that cannot be asked', () => {
  it('is told from a mistake in finding it', async () => {
    const folder = await aFolder();
    const list = (...args: string[]) => swarmboot('machine', 'list', ...args);
    expect(await list('--state', folder)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('operator-access.json does not exist; start the server'),
    });
    await writeFile(join(folder, 'operator-access.json'), '{"url":');
    expect(await list('--state', folder)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is damaged; a restart of the server'),
    });
    const token = join(folder, 'token');
    await writeFile(token, '\n');
    const server = ['--server', 'http://127.0.0.1:1'];
    expect(await list(...server)).toMatchObject({ code: 2, stderr: expect.stringContaining('--token-file') });
    expect(await list(...server, '--token-file', token)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('has no token in it'),
    });
    await writeFile(token, 'secret\n');
    expect(await list('--server', '10.0.0.1', '--token-file', token)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('http://10.0.0.1:8080'),
    });
    expect(await list(...server, '--token-file', token)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/does not answer \(.+\); is `swarmboot serve` running/),
    });
  });

  it('is not asked where its file cannot be read', async () => {
    const state = await aFolder();
    await mkdir(join(state, 'operator-access.json'));
    expect(await swarmboot('machine', 'list', '--state', state)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('cannot be read (EISDIR); name a file that can be read'),
    });
  });

  it('says so of a wrong token, of a foreign server, and of one that hangs up', async () => {
    const { url } = await aServer();
    const token = join(await aFolder(), 'token');
    await writeFile(token, '{"token":"wrong"}');
    const list = (server: string) => swarmboot('machine', 'list', '--server', server, '--token-file', token);
    expect(await list(url)).toMatchObject({ code: 2, stderr: expect.stringContaining('does not accept it') });
    const foreign = createServer((_, response) => response.end('<html>'));
    const rude = createTcpServer((socket) => socket.destroy());
    for (const server of [foreign, rude]) {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      onTestFinished(() => {
        server.close();
      });
    }
    const at = (server: typeof rude) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await list(at(foreign))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is no Swarmboot server'),
    });
    expect(await list(at(rude))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('does not answer'),
    });
  });
});
