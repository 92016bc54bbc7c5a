import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { exchange } from '../../../src/engine/http/exchange-client.ts';

const MOST_BYTES = 1_000;

/** What comes of a question to a server that answers so, and whether the connection is over. */
async function answerOf(answer: RequestListener) {
  const closed = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    response.on('close', closed.resolve);
    answer(request, response);
  }).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const exchanged = exchange({ url, token: 'token', patienceMs: 5_000, mostBytes: MOST_BYTES });
  return { exchanged, closed: closed.promise };
}

describe('an answer', () => {
  it('is read up to the longest that is allowed, in however many parts', async () => {
    const { exchanged } = await answerOf((_, response) => {
      response.write('a'.repeat(600));
      response.end('b'.repeat(400));
    });
    const { status, body } = await exchanged;
    expect([status, Buffer.from(body).toString()]).toEqual([200, 'a'.repeat(600) + 'b'.repeat(400)]);
  });

  it('that says that it is longer is not read', async () => {
    const { exchanged, closed } = await answerOf((_, response) => {
      response.setHeader('content-length', MOST_BYTES + 1).write('a');
    });
    await expect(exchanged).rejects.toThrow('its answer has 1001 bytes');
    await closed;
  });

  it('that does not say how long it is, and goes on and on, is read no further', async () => {
    const { exchanged, closed } = await answerOf((_, response) => {
      const goOn = setInterval(() => response.write('a'.repeat(300)), 1);
      response.on('close', () => clearInterval(goOn));
    });
    await expect(exchanged).rejects.toThrow('its answer has more than 1000 bytes');
    await closed;
  });
});
