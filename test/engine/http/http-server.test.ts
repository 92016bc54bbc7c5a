import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bootFileRoute } from '../../../src/engine/http/boot-file-http-server.ts';
import { DeploymentClient } from '../../../src/engine/http/deployment-client.ts';
import { type HttpRoute, HttpServer, type HttpServerOptions } from '../../../src/engine/http/http-server.ts';
import { fetchImage } from '../../../src/engine/http/image-client.ts';
import { LinkRate } from '../../../src/engine/link-rate.ts';
import { type BootFile, MemoryBootFile } from '../../../src/engine/tftp/boot-file.ts';
import { RunFailure } from '../../../src/failure.ts';
import { someBytes } from '../an-image.ts';
import { AGENT_TOKEN, anImageServer } from './an-image-server.ts';

const IMAGE = someBytes(700_001);
const KERNEL = someBytes(200_001, 'kernel');
const UNLIMITED = Number.POSITIVE_INFINITY;
const MACHINE = { ids: ['52:54:00:AA:00:01'], firmware: 'uefi', memoryBytes: 1e9, disks: [] } as const;

async function aServer(upBps = UNLIMITED) {
  const bootFiles = new Map([
    ['images/lab/1/manifest.json', new MemoryBootFile(someBytes(1000))],
    ['efi/vmlinuz 1', new MemoryBootFile(KERNEL)],
  ]);
  const served = await anImageServer(IMAGE, { upBps, bootFiles });
  const { hostname, port, pathname } = new URL(served.payloadUrl);
  const client = new DeploymentClient({ url: served.url, token: AGENT_TOKEN, patienceMs: 0 });
  return { ...served, client, source: { host: hostname, port: Number(port), path: pathname } };
}

function ask(url: string, token: string, body?: string) {
  const headers = { authorization: `Bearer ${token}` };
  return fetch(url, { headers, method: body === undefined ? 'GET' : 'POST', ...(body && { body }) });
}

describe('the HTTP server', () => {
  it('sends the whole payload, with its length, and counts it', async () => {
    const { streams, source, payloadUrl } = await aServer();
    expect(await buffer(fetchImage(source, new LinkRate(UNLIMITED)))).toEqual(IMAGE);
    expect(streams.uploadedBytes).toBe(IMAGE.length);
    const { headers } = await fetch(payloadUrl, { method: 'GET' });
    expect(headers.get('content-length')).toBe(String(IMAGE.length));
  });

  it('sends a range of the payload, and only that', async () => {
    const { streams, payloadUrl } = await aServer();
    const response = await fetch(payloadUrl, { headers: { range: 'bytes=65530-131080' } });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(`bytes 65530-131080/${IMAGE.length}`);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(IMAGE.subarray(65_530, 131_081));
    expect(streams.uploadedBytes).toBe(131_081 - 65_530);
  });

  it('says that there is no such range', async () => {
    const { payloadUrl } = await aServer();
    const response = await fetch(payloadUrl, { headers: { range: `bytes=${IMAGE.length}-` } });
    expect(response.status).toBe(416);
    expect(response.headers.get('content-range')).toBe(`bytes */${IMAGE.length}`);
    expect(await response.text()).toBe('');
  });

  it('shares its uplink over all streams', async () => {
    const { source } = await aServer(2_000_000);
    const startMs = performance.now();
    const stream = () => buffer(fetchImage(source, new LinkRate(UNLIMITED)));
    expect(await Promise.all([stream(), stream()])).toEqual([IMAGE, IMAGE]);
    expect(performance.now() - startMs).toBeGreaterThanOrEqual((2 * IMAGE.length) / 2_000);
  });

  it('goes on serving when a machine breaks off', async () => {
    const { source } = await aServer(2_000_000);
    for await (const _ of fetchImage(source, new LinkRate(UNLIMITED))) break;
    expect(await buffer(fetchImage(source, new LinkRate(UNLIMITED)))).toEqual(IMAGE);
  });

  it('sends what describes the image, and nothing else', async () => {
    const { client } = await aServer();
    expect(Buffer.from(await client.file('images/lab/1/manifest.json'))).toEqual(someBytes(1000));
    await expect(client.file('images/lab/1/../../../etc/passwd')).rejects.toMatchObject({ code: 'REFUSED' });
    await expect(client.file('images/lab/1/manifest.sig')).rejects.toMatchObject({ code: 'REFUSED' });
  });

  it.each([
    ['POST', '/api/register', '{"machine": 7}', 400],
    ['POST', '/api/verified', 'null', 400],
    ['POST', '/api/progress', '{"machine": "m", "phase": "scan", "share": 2}', 400],
    ['POST', '/api/failed', '[]', 400],
    ['POST', '/api/verified', '{"machine": "nobody"}', 409],
    ['GET', '/etc/passwd', undefined, 404],
    ['DELETE', '/images/lab/1/payload', undefined, 404],
  ])('answers %s %s with a reason', async (method, path, body, status) => {
    const { url } = await aServer();
    const headers = { authorization: `Bearer ${AGENT_TOKEN}` };
    const response = await fetch(`${url}${path}`, { method, headers, body: body ?? null });
    expect(response.status).toBe(status);
    expect(await response.json()).toHaveProperty('error');
  });

  it.each([
    ['{', 400],
    ['x'.repeat(2 ** 20 + 1), 413],
  ])('lives on after a body that it cannot take', async (body, status) => {
    const { url, arm, client } = await aServer();
    expect((await ask(`${url}/api/register`, AGENT_TOKEN, body)).status).toBe(status);
    arm('52:54:00:aa:00:01');
    expect(await client.register(MACHINE)).toBeTruthy();
  });
});

describe('boot files by HTTP', () => {
  async function aServerOfBootFiles() {
    const { server, streams } = await aServer();
    return { server, streams, url: `http://127.0.0.1:${server.port}/boot/efi/vmlinuz%201` };
  }

  it('come whole, with their length, and do not count as bytes of the image', async () => {
    const { streams, url } = await aServerOfBootFiles();
    const response = await fetch(url);
    expect(response.headers.get('content-length')).toBe(String(KERNEL.length));
    expect(Buffer.from(await response.arrayBuffer())).toEqual(KERNEL);
    expect(streams.uploadedBytes).toBe(0);
  });

  it('tell their length to HEAD, as UEFI firmware asks for it, whatever range is named', async () => {
    const { url } = await aServerOfBootFiles();
    const response = await fetch(url, { method: 'HEAD', headers: { range: 'bytes=5-9' } });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-length')).toBe(String(KERNEL.length));
    expect(response.headers.get('accept-ranges')).toBe('bytes');
    expect(await response.text()).toBe('');
  });

  it('come in ranges', async () => {
    const { url } = await aServerOfBootFiles();
    const response = await fetch(url, { headers: { range: 'bytes=65530-131080' } });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(`bytes 65530-131080/${KERNEL.length}`);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(KERNEL.subarray(65_530, 131_081));
  });

  it.each([
    ['GET', '/boot/none', 404],
    ['HEAD', '/boot/none', 404],
    ['GET', '/boot/', 404],
    ['GET', '/boot/%2e%2e/%2e%2e/etc/passwd', 404],
    ['GET', '/boot/%2fetc%2fpasswd', 404],
    ['GET', '/boot/%', 404],
    ['GET', '/boot/%00', 404],
    ['PUT', '/boot/efi/vmlinuz%201', 404],
  ])('are in the catalogue or not there: %s %s', async (method, path, status) => {
    const { server } = await aServerOfBootFiles();
    const outgoing = request({ host: '127.0.0.1', port: server.port, method, path }).end();
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(status);
  });
});

describe('a request that cannot be answered', () => {
  async function aFailingServer(route: HttpServerOptions['routes'][number]) {
    const failures: unknown[] = [];
    const failed = (error: unknown) => failures.push(error);
    const server = await HttpServer.start({ host: '127.0.0.1', port: 0, routes: [route], failed });
    onTestFinished(() => server.close());
    return { url: `http://127.0.0.1:${server.port}/`, failures };
  }

  it('is told of, and its client is told where to look', async () => {
    const error = new Error('database or disk is full');
    const { url, failures } = await aFailingServer(() => Promise.reject(error));
    const response = await fetch(url);
    expect([response.status, await response.json()]).toEqual([
      500,
      { error: 'the server failed; its log says why' },
    ]);
    expect(failures).toEqual([error]);
  });

  it('ends in the middle where its answer has begun', async () => {
    const { url, failures } = await aFailingServer(async (_, response) => {
      response.writeHead(200, { 'content-length': 10 }).write('half');
      throw new Error('the rest cannot be read');
    });
    await expect((await fetch(url)).text()).rejects.toThrow();
    expect(failures).toHaveLength(1);
  });

  it('is told of where a boot file cannot be read any more, though the connection ends with it', async () => {
    const error = new RunFailure('BOOT_FILE_CHANGED', 'the boot file was written to');
    const file: BootFile = {
      sizeBytes: 100_000,
      open: () => ({ read: () => false, bring: () => Promise.reject(error), close() {} }),
    };
    const { url, failures } = await aFailingServer(bootFileRoute(new Map([['kernel', file]])));
    await expect(fetch(`${url}boot/kernel`).then((response) => response.arrayBuffer())).rejects.toThrow();
    expect(failures).toEqual([error]);
  });

  it('is nobody’s concern where the client is gone', async () => {
    const gone = Promise.withResolvers<void>();
    const { url, failures } = await aFailingServer(async (_, response) => {
      await once(response, 'close');
      gone.resolve();
      throw new Error('nobody hears it');
    });
    const controller = new AbortController();
    const asking = fetch(url, { signal: controller.signal }).catch(() => {});
    setTimeout(() => controller.abort(), 100);
    await Promise.all([asking, gone.promise]);
    expect(failures).toEqual([]);
  });
});

describe('a connection', () => {
  const STALL_MS = 200;
  /** Longer than a shared computer keeps a client waiting that is not to be ended. */
  const LONG_STALL_MS = 3_000;
  const LARGE = Buffer.alloc(48 * 2 ** 20);

  /** A server of one large file, how many of its answers are over, and clients that have asked and read nothing yet. */
  async function aServerOfALargeFile({ stallMs = STALL_MS, ...options }: Partial<HttpServerOptions>) {
    const ended: boolean[] = [];
    const file = new MemoryBootFile(LARGE);
    const sendLarge = bootFileRoute(new Map(['large', 'late'].map((name) => [name, file])));
    const server = await HttpServer.start({
      ...{ host: '127.0.0.1', port: 0, stallMs },
      routes: [
        async (request, response) => {
          response.on('close', () => ended.push(response.writableFinished));
          // Longer than a client may do nothing.
          if (request.url === '/boot/late') await sleep(3 * stallMs);
          return sendLarge(request, response);
        },
      ],
      ...options,
    });
    onTestFinished(() => server.close());
    const asked = (name = 'large'): Socket => {
      const client = connect(server.port, '127.0.0.1').on('error', () => {});
      onTestFinished(() => {
        client.destroy();
      });
      client.pause().write(`GET /boot/${name} HTTP/1.1\r\nHost: server\r\nConnection: close\r\n\r\n`);
      return client;
    };
    return { ended, asked };
  }

  it.each([
    ['large', 'at once'],
    ['late', 'late'],
  ])('of a client that takes nothing of its answer is ended: /boot/%s, which comes %s', async (name) => {
    const { ended, asked } = await aServerOfALargeFile({});
    asked(name);
    while (ended.length === 0) await sleep(20);
    expect(ended).toEqual([false]);
  });

  it('of a slow client that takes a little at a time is not', async () => {
    const { ended, asked } = await aServerOfALargeFile({ stallMs: LONG_STALL_MS });
    const startMs = performance.now();
    let bytes = 0;
    for await (const part of asked()) {
      bytes += part.length;
      await sleep(15);
    }
    expect(bytes).toBeGreaterThan(LARGE.length);
    expect(performance.now() - startMs).toBeGreaterThan(3 * LONG_STALL_MS);
    expect(ended).toEqual([true]);
  });

  it('is not ended while the server makes its answer', async () => {
    const { asked } = await aServerOfALargeFile({ stallMs: LONG_STALL_MS });
    expect((await buffer(asked('late'))).length).toBeGreaterThan(LARGE.length);
  });

  it('beyond the most that there may be is ended at once', async () => {
    const { asked } = await aServerOfALargeFile({ mostConnections: 2, stallMs: 60_000 });
    const clients = [asked(), asked()];
    for (const client of clients) await once(client, 'connect');
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    const client = asked().on('close', resolve).resume();
    await closed;
    expect(client.bytesRead).toBe(0);
  });

  it('beyond a quarter of all from one address is ended, and others have room', async () => {
    // A client is given seconds to send a request; for its answer it may wait, however long all the others take.
    const held: HttpRoute = ({ url }) =>
      url === '/held' ? new Promise<boolean>(() => {}) : Promise.resolve(false);
    const server = await HttpServer.start({ host: '127.0.0.1', port: 0, routes: [held] });
    onTestFinished(() => server.close());
    const ended = new Set<Socket>();
    const connected = async (localAddress: string) => {
      const client = connect({ port: server.port, host: '127.0.0.1', localAddress });
      onTestFinished(() => void client.destroy());
      client.on('error', () => {}).on('close', () => ended.add(client));
      await once(client, 'connect');
      return client;
    };
    const sendRequest = (client: Socket, path: string) =>
      client.write(`GET ${path} HTTP/1.1\r\nHost: server\r\n\r\n`);
    for (let number = 0; number < 1_024; number++) sendRequest(await connected('127.0.0.2'), '/held');
    const last = await connected('127.0.0.2');
    while (!ended.has(last)) await sleep(10);
    const other = await connected('127.0.0.3');
    sendRequest(other, '/');
    const [answer] = await once(other, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1.1 404/);
    expect(ended.size).toBe(1);
  });
});

describe('a machine', () => {
  it('notices that the server is gone', async () => {
    const { server, source, client } = await aServer(100_000);
    const stream = fetchImage(source, new LinkRate(UNLIMITED));
    await stream.next();
    await server.close();
    await expect(buffer(stream)).rejects.toMatchObject({ code: 'SERVER_LOST' });
    await expect(client.reportVerified('m001')).rejects.toMatchObject({ code: 'SERVER_LOST' });
  });
});
