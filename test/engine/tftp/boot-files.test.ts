import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fetchBootFile } from '../../../src/engine/tftp/boot-file-client.ts';
import { isBootFileServerFault, startBootFileServer } from '../../../src/engine/tftp/boot-file-server.ts';
import { someBytes } from '../an-image.ts';

const HOST = '127.0.0.1';

async function aServer(files: Record<string, Uint8Array>) {
  const server = await startBootFileServer(HOST, 0, new Map(Object.entries(files)));
  onTestFinished(() => server.close());
  return { host: HOST, port: server.port };
}

describe('boot files by TFTP', () => {
  // A block has 1468 bytes and a window four of them: sizes around their ends are where transfers go wrong.
  it.each([1, 511, 512, 1_467, 1_468, 1_469, 5_871, 5_872, 5_873, 100_000])(
    'arrive as they are: %i bytes',
    async (length) => {
      const source = await aServer({ 'golden.torrent': someBytes(length) });
      expect(Buffer.from(await fetchBootFile(source, 'golden.torrent'))).toEqual(someBytes(length));
    },
  );

  it('go to many at a time', async () => {
    const source = await aServer({ a: someBytes(50_000, 'a'), b: someBytes(50_000, 'b') });
    const names = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? 'a' : 'b'));
    const files = await Promise.all(names.map((name) => fetchBootFile(source, name)));
    expect(files.map((bytes) => Buffer.from(bytes))).toEqual(names.map((name) => someBytes(50_000, name)));
  });

  it.each(['none', '../package.json', '/etc/passwd'])('outside the catalog are refused: %s', async (name) => {
    const source = await aServer({ a: someBytes(10) });
    await expect(fetchBootFile(source, name)).rejects.toThrow();
    expect(Buffer.from(await fetchBootFile(source, 'a'))).toEqual(someBytes(10));
  });

  it('cannot be written', async () => {
    const source = await aServer({ a: someBytes(10) });
    const socket = createSocket('udp4');
    onTestFinished(() => {
      socket.close();
    });
    socket.send(Buffer.from('\0\x02a\0octet\0', 'latin1'), source.port, HOST);
    const [answer] = (await once(socket, 'message')) as [Buffer];
    expect(answer.readUInt16BE(0)).toBe(5);
  });

  it('need their port', async () => {
    const { port } = await aServer({});
    await expect(startBootFileServer(HOST, port, new Map())).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('fail with a sentence where nobody answers', async () => {
    const socket = createSocket('udp4').bind(0, HOST);
    await once(socket, 'listening');
    const { port } = socket.address();
    socket.close();
    await expect(fetchBootFile({ host: HOST, port }, 'a')).rejects.toMatchObject({ code: 'TFTP' });
  });
});

describe('an error', () => {
  it('is taken for one of the TFTP package by the place it was thrown at, and by nothing else', () => {
    const error = new Error('boom');
    expect(isBootFileServerFault(error)).toBe(false);
    error.stack =
      'Error: boom\n    at f (/x/node_modules/tftp/lib/protocol/server/incoming-request.js:99:20)';
    expect(isBootFileServerFault(error)).toBe(true);
    expect(isBootFileServerFault('node_modules/tftp/lib/')).toBe(false);
  });
});
