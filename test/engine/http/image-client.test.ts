import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { fetchImage } from '../../../src/engine/http/image-client.ts';
import { LinkRate } from '../../../src/engine/link-rate.ts';

const UNLIMITED = Number.POSITIVE_INFINITY;
const HOST = '127.0.0.1';

async function aServerThat(answers: RequestListener) {
  const server = createServer(answers).listen(0, HOST);
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  return { host: HOST, port: (server.address() as AddressInfo).port, path: '/payload' };
}

it('closes the connection when nobody reads on', async () => {
  const closed = Promise.withResolvers<void>();
  const source = await aServerThat((_, response) => {
    response.on('close', closed.resolve);
    response.writeHead(200, { 'content-length': 1e9 }).write(Buffer.alloc(1e6));
  });
  for await (const _ of fetchImage(source, new LinkRate(UNLIMITED))) break;
  await closed.promise;
});

it('takes no refusal for an image', async () => {
  const source = await aServerThat((_, response) => {
    response.writeHead(404).end('no such image');
  });
  await expect(buffer(fetchImage(source, new LinkRate(UNLIMITED)))).rejects.toMatchObject({
    code: 'REFUSED',
    message: expect.stringContaining('404'),
  });
});

it('says that the stream has ended early', async () => {
  const source = await aServerThat((_, response) => {
    response.writeHead(200, { 'content-length': 1000 });
    response.write(Buffer.alloc(10), () => response.destroy());
  });
  await expect(buffer(fetchImage(source, new LinkRate(UNLIMITED)))).rejects.toMatchObject({
    code: 'SERVER_LOST',
  });
});
