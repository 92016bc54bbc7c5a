import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { anOperatorServer } from './an-operator-server.ts';

const AUTHORIZED = 'Host: server\r\nAuthorization: Bearer secret\r\n';
const POST = `POST /api/v1/deployments HTTP/1.1\r\n${AUTHORIZED}Content-Type: application/json\r\n`;
const MEBIBYTE = 2 ** 20;

/** Sends parts, the later ones after a pause, and reads until the server closes. */
async function exchange(port: number, parts: Iterable<string>, pauseMs = 0): Promise<string> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  onTestFinished(() => {
    socket.destroy();
  });
  let heard = '';
  let isClosed = false;
  socket.on('data', (text: string) => {
    heard += text;
  });
  const closed = new Promise<void>((resolve) => {
    socket
      .on('error', () => {})
      .on('close', () => {
        isClosed = true;
        resolve();
      });
  });
  for (const part of parts) {
    if (isClosed) break;
    socket.write(part);
    if (pauseMs > 0) await sleep(pauseMs);
  }
  await closed;
  return heard;
}

async function statusOf(port: number): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/status`, {
    headers: { authorization: 'Bearer secret' },
  });
  return response.json();
}

describe('a body', () => {
  it('that comes a byte a second is not waited for, and others are answered meanwhile', async () => {
    const { port } = await anOperatorServer({ deadlineMs: 10_000 });
    const slow = exchange(port, [`${POST}Content-Length: 1000\r\n\r\n`, ...' '.repeat(60)], 1_000);
    expect(await statusOf(port)).toHaveProperty('refused', {});
    const answer = await slow;
    expect(answer).toMatch(/^HTTP\/1.1 408 .*did not arrive in 10000 ms/s);
    expect(answer).toMatch(/connection: close/i);
    expect(await statusOf(port)).toMatchObject({ refused: { bodyTooSlow: 1 } });
  });

  it('that says it is too large is refused before it comes', async () => {
    const { port } = await anOperatorServer();
    const answer = await exchange(port, [`${POST}Content-Length: ${MEBIBYTE + 1}\r\n\r\n`]);
    expect(answer).toMatch(/^HTTP\/1.1 413 .*allowed are 1048576 bytes/s);
    expect(await statusOf(port)).toMatchObject({ refused: { bodyTooLarge: 1 } });
  });

  it('that does not say how large it is may be a mebibyte, and not more; the answer reaches whoever goes on sending', async () => {
    const { port } = await anOperatorServer();
    const chunk = `10000\r\n${' '.repeat(65_536)}\r\n`;
    const head = `${POST}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const fits = await exchange(port, [head, ...Array(16).fill(chunk), '0\r\n\r\n']);
    expect(fits).toMatch(/^HTTP\/1.1 400 .*no JSON/s);
    const answer = await exchange(port, [head, ...Array(200).fill(chunk)]);
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
    expect(await statusOf(port)).toMatchObject({ refused: { bodyNoJson: 1, bodyTooLarge: 1 } });
  });

  it('that breaks off harms nobody', async () => {
    const { port } = await anOperatorServer();
    const socket = connect(port, '127.0.0.1');
    socket.write(`${POST}Content-Length: 1000\r\n\r\n{`);
    await sleep(100);
    socket.resetAndDestroy();
    while (!JSON.stringify(await statusOf(port)).includes('bodyBroken')) await sleep(20);
  });

  it('of somebody without the token is not read', async () => {
    const { port } = await anOperatorServer({ deadlineMs: 60_000 });
    const head = 'POST /api/v1/deployments HTTP/1.1\r\nHost: server\r\nContent-Length: 1000000000\r\n\r\n';
    expect(await exchange(port, [head, ...Array(100).fill(' '.repeat(65_536))])).toMatch(/^HTTP\/1.1 401 /);
    expect(await statusOf(port)).toMatchObject({ refused: { wrongToken: 1 } });
  });

  it('that is no JSON is a mistake of the client', async () => {
    const { port } = await anOperatorServer();
    for (const garbage of ['', '{', '\u0000', '{"image":"lab"', 'null', '[]']) {
      const length = Buffer.byteLength(garbage);
      const answer = await exchange(port, [
        `${POST}Connection: close\r\nContent-Length: ${length}\r\n\r\n${garbage}`,
      ]);
      expect(answer).toMatch(/^HTTP\/1.1 400 .*"error"/s);
    }
    expect(await statusOf(port)).toMatchObject({ refused: { bodyNoJson: 4, mistake: 2 } });
  });
});

describe('a request', () => {
  it('by HEAD gets what GET would, without the body', async () => {
    const { port } = await anOperatorServer();
    const ask = (method: string) =>
      exchange(port, [`${method} /api/v1/machines HTTP/1.1\r\n${AUTHORIZED}Connection: close\r\n\r\n`]);
    const undated = (text: string) => text.replace(/Date: .*\r\n/i, '');
    const [get, head] = [undated(await ask('GET')), undated(await ask('HEAD'))];
    expect(get).toMatch(/^HTTP\/1.1 200 .*\r\n\r\n\{"machines":\[\]\}$/s);
    expect(head).toBe(get.slice(0, get.indexOf('\r\n\r\n') + 4));
  });

  it('by a method that is not there is told which are', async () => {
    const { port } = await anOperatorServer();
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/deployments`, {
      ...{ method: 'DELETE', headers: { authorization: 'Bearer secret' } },
    });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST, GET');
  });

  it.each([
    '/api/v1/../../etc/passwd',
    '/api/v1/%2e%2e/%2e%2e/etc/passwd',
    '/api/v1/machines/../../../boot/x',
    '/api/v1/..//',
    '/api/v1/deployments/..%2f..%2fetc',
    '/api/v1//',
    '/api/v1/%',
    '/api/v1/machines?%=%ff',
  ])('leads nowhere else: %s', async (path) => {
    const { port } = await anOperatorServer();
    const ask = (authorization: string) =>
      exchange(port, [`GET ${path} HTTP/1.1\r\nHost: server\r\n${authorization}Connection: close\r\n\r\n`]);
    expect(await ask('Authorization: Bearer secret\r\n')).toMatch(/^HTTP\/1.1 (404|400|200) .*\r\n\r\n\{/s);
    expect(await ask('')).toMatch(/^HTTP\/1.1 401 .*token is missing or wrong/s);
  });

  it('to another address is left to others', async () => {
    const { port } = await anOperatorServer();
    for (const path of ['/', '/api/v1', '/boot/api/v1/status', '/API/v1/status'])
      expect((await fetch(`http://127.0.0.1:${port}${path}`)).status).toBe(404);
    expect(await statusOf(port)).toEqual(expect.objectContaining({ requests: 1, refused: {} }));
  });

  it('with a wrong token is refused ten thousand times in the same words, and the right one is let in then', async () => {
    const { port, store } = await anOperatorServer();
    const agent = new Agent({ keepAlive: true, maxSockets: 32 });
    onTestFinished(() => agent.destroy());
    const paths = [
      '/machines',
      '/deployments/1',
      '/nothing',
      '/openapi.json',
      '/status',
      '/deployments/1/cancel',
    ];
    const ask = (index: number) =>
      new Promise<string>((resolve, reject) => {
        const authorization = `Bearer ${'secret'.slice(0, index % 6)}${index}`;
        const path = `/api/v1${paths[index % paths.length]}`;
        const asked = request({ agent, host: '127.0.0.1', port, path, headers: { authorization } });
        asked.on('error', reject).on('response', (response) => {
          let body = `${response.statusCode} `;
          response.setEncoding('utf8').on('data', (text: string) => {
            body += text;
          });
          response.on('end', () => resolve(body));
        });
        asked.end();
      });
    const answers = await Promise.all(Array.from({ length: 10_000 }, (_, index) => ask(index)));
    expect([...new Set(answers)]).toEqual(['401 {"error":"the operator\'s token is missing or wrong"}']);
    expect(store.events()).toEqual([]);
    expect(await statusOf(port)).toMatchObject({ requests: 10_001, refused: { wrongToken: 10_000 } });
  });
});
