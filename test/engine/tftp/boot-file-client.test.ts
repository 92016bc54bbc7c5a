import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fetchBootFile, warmUpBootFileClient } from '../../../src/engine/tftp/boot-file-client.ts';
import { encodePacket } from '../../../src/engine/tftp/packet-codec.ts';
import { someBytes } from '../an-image.ts';
import { aBootFileServer, HOST } from './a-boot-file-server.ts';
import { aRelay } from './a-lossy-relay.ts';

/** Answers the first request with a datagram of one byte, and the second with a file. */
async function aServerThatTalksNonsenseAtFirst(bytes: Uint8Array) {
  const socket = createSocket('udp4').bind(0, HOST);
  await once(socket, 'listening');
  onTestFinished(() => {
    socket.close();
  });
  const clients = new Set<number>();
  socket.on('message', (datagram, { port }) => {
    if (datagram[1] !== 1) return;
    clients.add(port);
    const answer = encodePacket({ kind: 'data', block: 1, bytes });
    socket.send(clients.size === 1 ? Buffer.of(3) : answer, port, HOST);
  });
  return { source: { host: HOST, port: socket.address().port }, clients };
}

describe('the client of boot files', () => {
  // A block has 1468 bytes and a window four of them: sizes around their ends are where transfers go wrong.
  it.each([0, 1, 511, 512, 1467, 1468, 1469, 5871, 5872, 5873, 100_000])(
    'fetches %i bytes',
    async (length) => {
      const { source } = await aBootFileServer({ 'golden.torrent': someBytes(length) });
      expect(Buffer.from(await fetchBootFile(source, 'golden.torrent'))).toEqual(someBytes(length));
    },
  );

  it('fetches many at a time, with a thread that was started ahead or without', async () => {
    const { source } = await aBootFileServer({ a: someBytes(50_000, 'a'), b: someBytes(50_000, 'b') });
    const names = Array.from({ length: 6 }, (_, index) => (index % 2 === 0 ? 'a' : 'b'));
    await warmUpBootFileClient();
    const files = await Promise.all(names.map((name) => fetchBootFile(source, name)));
    expect(files.map((bytes) => Buffer.from(bytes))).toEqual(names.map((name) => someBytes(50_000, name)));
  });

  it('fetches files one after the other in one thread, which ends when it is not needed', async () => {
    const { source } = await aBootFileServer({ a: someBytes(5_000, 'a'), b: someBytes(5_000, 'b') });
    await warmUpBootFileClient();
    let started = 0;
    const count = () => {
      started += 1;
    };
    process.on('worker', count);
    onTestFinished(() => {
      process.off('worker', count);
    });
    for (const name of ['a', 'b', 'a', 'b'])
      expect(Buffer.from(await fetchBootFile(source, name))).toEqual(someBytes(5_000, name));
    expect(started).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await fetchBootFile(source, 'a');
    expect(started).toBe(1);
  });

  it('outlives the tftp package, which throws where nobody can catch it', async () => {
    // No datagram can be sent to such a port: the package learns that in a callback of its own.
    await expect(fetchBootFile({ host: HOST, port: 70_000 }, 'a')).rejects.toMatchObject({
      code: 'TFTP',
      message: expect.stringContaining('70000'),
    });
  });

  it('tries again where the first answer is no TFTP', async () => {
    const { source, clients } = await aServerThatTalksNonsenseAtFirst(someBytes(100));
    expect(Buffer.from(await fetchBootFile(source, 'a'))).toEqual(someBytes(100));
    expect(clients.size).toBe(2);
  });

  it('begins anew where a window has lost a block, which the package never gets over', async () => {
    const { port } = await aBootFileServer({ a: someBytes(20_000) });
    let isLost = false;
    const relay = await aRelay(port, ([, opcode, , block]) => {
      if (isLost || opcode !== 3 || block !== 2) return false;
      isLost = true;
      return true;
    });
    expect(Buffer.from(await fetchBootFile({ host: HOST, port: relay.port }, 'a'))).toEqual(
      someBytes(20_000),
    );
    const [inWindows, blockByBlock] = relay.said();
    // Each packet may be said once more, and after that silence it does not wait for another.
    const timesSaid = inWindows!.map((packet) => inWindows!.filter((other) => other === packet).length);
    expect(Math.max(...timesSaid)).toBeLessThanOrEqual(2);
    // On a busy computer some of it more than once.
    expect(new Set(blockByBlock).size).toBe(1 + 1 + Math.ceil(20_000 / 1468));
  });

  it('says at once that there is no such file', async () => {
    const { source } = await aBootFileServer({});
    await expect(fetchBootFile(source, '/etc/passwd')).rejects.toMatchObject({
      code: 'TFTP',
      message: expect.stringMatching(/cannot be fetched by TFTP: .*not found/i),
    });
  });

  it('gives up where nobody answers', async () => {
    const socket = createSocket('udp4').bind(0, HOST);
    await once(socket, 'listening');
    const { port } = socket.address();
    socket.close();
    await expect(fetchBootFile({ host: HOST, port }, 'a')).rejects.toMatchObject({ code: 'TFTP' });
  });
});
