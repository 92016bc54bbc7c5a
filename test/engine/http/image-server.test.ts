import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fetchImage, registerMachine, reportDone } from '../../../src/engine/http/image-client.ts';
import { ImageServer } from '../../../src/engine/http/image-server.ts';
import { ImageReader } from '../../../src/engine/image/image-reader.ts';
import { LinkRate } from '../../../src/engine/link-rate.ts';
import { type BootFiles, MemoryBootFile } from '../../../src/engine/tftp/boot-file.ts';
import { anImageFile, someBytes } from '../an-image.ts';

const IMAGE = someBytes(700_001);
const UNLIMITED = Number.POSITIVE_INFINITY;

async function aServer(upBps = UNLIMITED, bootFiles: BootFiles = new Map()) {
  const image = await ImageReader.open(await anImageFile(IMAGE), 65_536);
  const options = { host: '127.0.0.1', port: 0, image, metainfoFile: 'golden.torrent', bootFiles, upBps };
  const server = await ImageServer.start(options);
  onTestFinished(async () => {
    await server.close();
    await image.close();
  });
  return { server, source: { host: '127.0.0.1', port: server.port } };
}

describe('the image server', () => {
  it('sends the whole image, with its length, and counts it', async () => {
    const { server, source } = await aServer();
    expect(await buffer(fetchImage(source, new LinkRate(UNLIMITED)))).toEqual(IMAGE);
    expect(server.uploadedBytes).toBe(IMAGE.length);
    const { headers } = await fetch(`http://127.0.0.1:${server.port}/image`, { method: 'GET' });
    expect(headers.get('content-length')).toBe(String(IMAGE.length));
  });

  it('sends a range of the image, and only that', async () => {
    const { server } = await aServer();
    const image = `http://127.0.0.1:${server.port}/image`;
    const response = await fetch(image, { headers: { range: 'bytes=65530-131080' } });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(`bytes 65530-131080/${IMAGE.length}`);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(IMAGE.subarray(65_530, 131_081));
    expect(server.uploadedBytes).toBe(131_081 - 65_530);
  });

  it('says that there is no such range', async () => {
    const { server } = await aServer();
    const headers = { range: `bytes=${IMAGE.length}-` };
    const response = await fetch(`http://127.0.0.1:${server.port}/image`, { headers });
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

  it('tells a machine where its metainfo is', async () => {
    const { source } = await aServer();
    expect(await registerMachine(source, { machine: 'm001', diskBytes: 800_000 })).toEqual({
      metainfoFile: 'golden.torrent',
      imageBytes: IMAGE.length,
    });
    await reportDone(source, 'm001');
  });

  it('refuses a disk that is too small before anything is written', async () => {
    const { source } = await aServer();
    await expect(registerMachine(source, { machine: 'm001', diskBytes: 700_000 })).rejects.toMatchObject({
      code: 'REFUSED',
      message: 'the server refused this machine: its disk has 700000 bytes, the image needs 700001',
    });
  });

  it('believes no machine that is done and never registered', async () => {
    const { source } = await aServer();
    await expect(reportDone(source, 'm007')).rejects.toThrow('m007 has not registered');
  });

  it.each([
    ['POST', '/machines', '{"machine": 7}', 400],
    ['POST', '/machines/done', 'null', 400],
    ['GET', '/etc/passwd', undefined, 404],
    ['DELETE', '/image', undefined, 404],
  ])('answers %s %s with a reason', async (method, path, body, status) => {
    const { server } = await aServer();
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { method, body: body ?? null });
    expect(response.status).toBe(status);
    expect(await response.json()).toHaveProperty('error');
  });

  it('lives on after a body that is no JSON', async () => {
    const { server, source } = await aServer();
    const address = `http://127.0.0.1:${server.port}/machines`;
    await expect(fetch(address, { method: 'POST', body: '{' })).rejects.toThrow();
    expect(await registerMachine(source, { machine: 'm001', diskBytes: 800_000 })).toBeTruthy();
  });
});

describe('boot files by HTTP', () => {
  const KERNEL = someBytes(200_001, 'kernel');

  async function aServerOfBootFiles() {
    const { server } = await aServer(UNLIMITED, new Map([['efi/vmlinuz 1', new MemoryBootFile(KERNEL)]]));
    return { server, url: `http://127.0.0.1:${server.port}/boot/efi/vmlinuz%201` };
  }

  it('come whole, with their length, and do not count as bytes of the image', async () => {
    const { server, url } = await aServerOfBootFiles();
    const response = await fetch(url);
    expect(response.headers.get('content-length')).toBe(String(KERNEL.length));
    expect(Buffer.from(await response.arrayBuffer())).toEqual(KERNEL);
    expect(server.uploadedBytes).toBe(0);
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

describe('a machine', () => {
  it('notices that the server is gone', async () => {
    const { server, source } = await aServer(100_000);
    const stream = fetchImage(source, new LinkRate(UNLIMITED));
    await stream.next();
    await server.close();
    await expect(buffer(stream)).rejects.toMatchObject({ code: 'SERVER_LOST' });
    await expect(reportDone(source, 'm001')).rejects.toMatchObject({ code: 'SERVER_LOST' });
  });
});
