import { fork } from 'node:child_process';
import { createSocket, type RemoteInfo } from 'node:dgram';
import { once } from 'node:events';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { GoldenFilesWriter } from '../../../../src/bench/executors/local/golden-files-writer.ts';
import {
  peerIdOf,
  type ServerCommand,
  type ServerTask,
} from '../../../../src/bench/executors/local/lab-messages.ts';
import { ServerChild } from '../../../../src/bench/executors/local/server-child.ts';
import { BEST_POLICIES } from '../../../../src/engine/swarm/swarm-client.ts';
import { fetchBootFile } from '../../../../src/engine/tftp/boot-file-client.ts';
import { aFolder, anImageFile, someBytes } from '../../../engine/an-image.ts';

const ENTRY = new URL('../../../../src/bench/executors/local/lab-server-process.ts', import.meta.url);
const HOST = '127.0.0.1';

async function aTask(): Promise<ServerTask> {
  const workFolder = await aFolder();
  return {
    host: HOST,
    scratchFolder: workFolder,
    golden: await new GoldenFilesWriter(workFolder, await anImageFile(someBytes(3_000_000))).make({
      imageBytes: 3_000_000,
      pieceBytes: 16_384,
      encoding: 'raw',
      isSaved: false,
    }),
    pieceBytes: 16_384,
    transport: 'unicast',
    ports: { http: 0, tracker: 0, tftp: 0 },
    link: { upBps: 1e9, downBps: 1e9 },
    uploadSlots: 4,
    neighbours: 50,
    policies: BEST_POLICIES,
    handout: 'regular',
    site: 'lab',
    peerId: peerIdOf('server'),
    agentToken: 'token',
    storeFile: join(workFolder, 'server.db'),
    machines: ['m001'],
    seederLeavesAfterCopies: Infinity,
    casting: null,
    savedOver: 'http',
  };
}

async function aServer() {
  const task = await aTask();
  const server = new ServerChild(task);
  onTestFinished(() => server.terminate());
  const ready = await Promise.race([server.prepare(), server.lost]);
  const payloadUrl = `http://${HOST}:${ready.ports.http}/images/lab/1/payload`;
  return { server, source: { host: HOST, port: ready.ports.tftp }, payloadUrl };
}

/** Sends a datagram and gives what comes back first. */
async function exchange(socket: ReturnType<typeof createSocket>, datagram: Buffer, port: number) {
  socket.send(datagram, port, HOST);
  return (await once(socket, 'message')) as [Buffer, RemoteInfo];
}

describe('the server process of the lab', () => {
  it('survives what is no TFTP, on its port and in the middle of a transfer', async () => {
    const { source } = await aServer();
    const whole = await fetchBootFile(source, 'images/lab/1/image.torrent');
    const socket = createSocket('udp4');
    onTestFinished(() => {
      socket.close();
    });
    for (const garbage of [
      '',
      '\0',
      '\0\x01',
      '\0\x09garbage',
      'x'.repeat(600),
      '\0\x01a\0octet\0blksize\0-1\0',
    ]) {
      socket.send(Buffer.from(garbage, 'latin1'), source.port, HOST);
    }
    const request = Buffer.from('\0\x01images/lab/1/image.torrent\0octet\0', 'latin1');
    let [answer, { port }] = await exchange(socket, request, source.port);
    while (answer.readUInt16BE(0) !== 3) [answer, { port }] = await exchange(socket, request, source.port);
    // One byte is too little for an operation code: the package reads it all the same and throws.
    for (const garbage of ['\0', '', 'y', '\0\x04\0\x01', '\0\x04\0\x01', '\0\x04\0\0']) {
      socket.send(Buffer.from(garbage, 'latin1'), port, HOST);
    }
    expect(await fetchBootFile(source, 'images/lab/1/image.torrent')).toEqual(whole);
    expect(await fetchBootFile(source, 'images/lab/1/image.torrent')).toEqual(whole);
  });

  it('serves the same on the same ports when it was killed and started again', async () => {
    const { server, source } = await aServer();
    const torrent = await fetchBootFile(source, 'images/lab/1/image.torrent');
    await server.kill();
    await server.restart();
    expect(await fetchBootFile(source, 'images/lab/1/image.torrent')).toEqual(torrent);
    expect(await server.uploadedBytes()).toBe(0);
  });

  it('counts what it has sent and used once, also while it is being killed', async () => {
    const { server, payloadUrl } = await aServer();
    await (await fetch(payloadUrl)).arrayBuffer();
    const sentBytes = await server.uploadedBytes();
    const usedS = server.reading().cpuS!;
    expect(sentBytes).toBe(3_000_000);
    const killed = server.kill();
    let isGone = false;
    killed.then(() => {
      isGone = true;
    });
    while (!isGone) {
      expect(await server.uploadedBytes()).toBe(sentBytes);
      expect(server.reading().cpuS ?? 0).toBeLessThan(1.5 * usedS);
      await setImmediate();
    }
    expect(await server.uploadedBytes()).toBe(sentBytes);
  });

  it('ends also when the bench is killed while it has something to say to it', async () => {
    const task = await aTask();
    const server = fork(ENTRY, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    onTestFinished(() => {
      server.kill('SIGKILL');
    });
    const start: ServerCommand = { kind: 'start', task, isAgain: false };
    server.send(start);
    expect((await once(server, 'message'))[0]).toMatchObject({ kind: 'ready' });
    // It reads the question and answers before it can see that nobody is there any more.
    server.kill('SIGSTOP');
    const question: ServerCommand = { kind: 'count' };
    server.send(question);
    server.disconnect();
    server.kill('SIGCONT');
    expect(await once(server, 'exit')).toEqual([0, null]);
  });

  it('that dies is reported as lost', async () => {
    const { server } = await aServer();
    const lost = expect(server.lost).rejects.toMatchObject({
      code: 'LAB_SERVER',
      message: 'the server of the lab was ended by SIGTERM',
    });
    await server.terminate();
    await lost;
  });
});
