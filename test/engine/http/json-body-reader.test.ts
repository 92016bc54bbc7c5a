import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { BodyRefusal, readJson } from '../../../src/engine/http/json-body-reader.ts';

/** Sends a body to a server that reads it as JSON. @returns what was read, or the fault */
async function read(body: string): Promise<unknown> {
  const server = createServer();
  onTestFinished(() => {
    server.close();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const asked = once(server, 'request');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const answered = fetch(url, { method: 'POST', body });
  const [request, response] = await asked;
  const result = await readJson(request, { mostBytes: 100 }).catch((error) => {
    if (error instanceof BodyRefusal) return error.fault;
    throw error;
  });
  response.writeHead(200, { connection: 'close' }).end();
  await answered;
  return result;
}

describe('a body of JSON', () => {
  it('is read up to its limit, in characters of any length', async () => {
    expect(await read('{"name":"größer"}')).toEqual({ name: 'größer' });
    expect(await read(`"${'x'.repeat(98)}"`)).toBe('x'.repeat(98));
    expect(await read(`"${'x'.repeat(99)}"`)).toBe('bodyTooLarge');
  });

  it('that is none is told from one that is too large', async () => {
    expect(await read('{')).toBe('bodyNoJson');
    expect(await read('')).toBe('bodyNoJson');
  });
});
