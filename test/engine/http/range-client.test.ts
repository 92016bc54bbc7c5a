import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { fetchRange } from '../../../src/engine/http/range-client.ts';
import { someBytes } from '../an-image.ts';

const FILE = someBytes(1_000_000);
const NEVER = new AbortController().signal;

/** A web server that answers as a test likes. @returns a range of its file, and the connections that were made */
async function aServer(answer: RequestListener) {
  const server = createServer(answer);
  let connections = 0;
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`;
  return {
    rangeOf: (first: number, last: number) => ({ url, first, last, fileBytes: FILE.length }),
    connections: () => connections,
  };
}

/** As a good server does it. */
const serve: RequestListener = ({ headers }, response) => {
  const [first, last] = headers.range!.replace('bytes=', '').split('-').map(Number) as [number, number];
  response.writeHead(206, { 'content-range': `bytes ${first}-${last}/${FILE.length}` });
  response.end(FILE.subarray(first, last + 1));
};

describe('a range of a file on a web server', () => {
  it('comes exactly, fifty over hardly a connection, not compressed', async () => {
    const encodings = new Set<unknown>();
    const { rangeOf, connections } = await aServer((request, response) => {
      encodings.add(request.headers['accept-encoding']);
      serve(request, response);
    });
    for (let place = 0; place < 50; place++) {
      const [first, last] = place === 0 ? [0, FILE.length - 1] : [place * 19_999, place * 20_000];
      const bytes = await buffer(fetchRange(rangeOf(first, last), NEVER));
      expect(Buffer.compare(bytes, FILE.subarray(first, last + 1))).toBe(0);
    }
    // The end of an answer may be heard of a moment after its last byte: then there is a second one.
    expect(connections()).toBeLessThanOrEqual(2);
    expect([...encodings]).toEqual(['identity']);
  });

  it('may be the whole file as the answer of a server that knows no ranges', async () => {
    const { rangeOf } = await aServer((_, response) => response.end(FILE));
    expect(await buffer(fetchRange(rangeOf(0, FILE.length - 1), NEVER))).toEqual(FILE);
  });

  it('is fetched where the server sends us on to', async () => {
    const { rangeOf } = await aServer((request, response) => {
      if (request.url === '/other') serve(request, response);
      else response.writeHead(302, { location: '/other' }).end();
    });
    expect(await buffer(fetchRange(rangeOf(7, 9), NEVER))).toEqual(FILE.subarray(7, 10));
  });

  const RANGE = { 'content-range': `bytes 10-19/${FILE.length}` };
  it.each<[string, string, RequestListener]>([
    ['knows no ranges', 'it answered with status 200', (_, response) => response.end(FILE)],
    ['has no such file', 'it answered with status 404', (_, response) => response.writeHead(404).end()],
    [
      'sends another range',
      'it answered with another range: bytes 11-20/1000000',
      (_, response) => response.writeHead(206, { 'content-range': 'bytes 11-20/1000000' }).end('0123456789'),
    ],
    [
      'has a file of another length',
      'it answered with another range: bytes 10-19/20',
      (_, response) => response.writeHead(206, { 'content-range': 'bytes 10-19/20' }).end('0123456789'),
    ],
    [
      'does not say which range it sends',
      'it answered with another range: null',
      (_, response) => response.writeHead(206).end('0123456789'),
    ],
    [
      'sends too little',
      'it sent another number of bytes than it was asked for',
      (_, response) => response.writeHead(206, RANGE).end('012345678'),
    ],
    [
      'sends too much',
      'it sent another number of bytes than it was asked for',
      (_, response) => response.writeHead(206, RANGE).end('0123456789a'),
    ],
    [
      'breaks off',
      'it cannot be reached',
      (_, response) => {
        response.writeHead(206, { ...RANGE, 'content-length': 10 }).write('01234');
        setImmediate(() => response.destroy());
      },
    ],
    ['hangs up', 'it cannot be reached', (request) => request.socket.destroy()],
  ])('is refused of a server that %s', async (_how, reason, answer) => {
    const { rangeOf } = await aServer(answer);
    const refusal = expect.objectContaining({ code: 'PROTOCOL', message: expect.stringContaining(reason) });
    await expect(buffer(fetchRange(rangeOf(10, 19), NEVER))).rejects.toThrow(refusal);
  });

  it('is given up where the server falls silent in the middle', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const { rangeOf } = await aServer((_, response) => {
      response.writeHead(206, RANGE).write('01234');
    });
    const bytes = fetchRange(rangeOf(10, 19), NEVER);
    expect((await bytes.next()).value).toHaveLength(5);
    // Time that we take ourselves does not count.
    await vi.advanceTimersByTimeAsync(60_000);
    const rest = expect(bytes.next()).rejects.toThrow('it was silent for too long');
    await vi.advanceTimersByTimeAsync(10_000);
    await rest;
  });

  it('ends when it is stopped', async () => {
    const { rangeOf } = await aServer((_, response) => {
      response.writeHead(206, RANGE).write('01234');
    });
    const stopped = new AbortController();
    const bytes = fetchRange(rangeOf(10, 19), stopped.signal);
    await bytes.next();
    stopped.abort();
    await expect(bytes.next()).rejects.toThrow(expect.objectContaining({ code: 'PROTOCOL' }));
  });
});
