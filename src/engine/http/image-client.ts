import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { buffer, json } from 'node:stream/consumers';
import { RunFailure } from '../../failure.ts';
import type { LinkRate } from '../link-rate.ts';
import { bootFilePath } from './boot-file-path.ts';
import type { Deployment, Registration } from './machine-registry.ts';

export interface HttpSource {
  readonly host: string;
  readonly port: number;
}

/** Registers a machine. Throws a RunFailure: `REFUSED` with the server's reason, or `SERVER_LOST`. */
export function registerMachine(source: HttpSource, registration: Registration): Promise<Deployment> {
  return report(source, '/machines', registration) as Promise<Deployment>;
}

/** Tells the server that a machine is done. Throws like `registerMachine`. */
export async function reportDone(source: HttpSource, machine: string): Promise<void> {
  await report(source, '/machines/done', { machine });
}

async function report(source: HttpSource, path: string, body: object): Promise<unknown> {
  const response = await ask(source, { method: 'POST', path, body: JSON.stringify(body) });
  const answer = await json(response).catch(serverLost);
  if (response.statusCode === 200) return answer;
  throw new RunFailure('REFUSED', `the server refused this machine: ${(answer as { error: string }).error}`);
}

/**
 * Fetches a boot file as a whole.
 * Throws a RunFailure: `REFUSED` where the server has none of that name, or `SERVER_LOST`.
 */
export async function fetchHttpBootFile(source: HttpSource, name: string): Promise<Uint8Array> {
  const path = bootFilePath(name);
  const response = await ask(source, { method: 'GET', path });
  if (response.statusCode === 200) return buffer(response).catch(serverLost);
  response.destroy();
  throw new RunFailure('REFUSED', `the server answered ${path} with status ${response.statusCode}`);
}

/**
 * Fetches the image as one stream, no faster than the downlink carries it.
 * Throws a RunFailure (`SERVER_LOST`) where it ends early.
 */
export async function* fetchImage(source: HttpSource, downlink: LinkRate): AsyncGenerator<Uint8Array> {
  const response = await ask(source, { method: 'GET', path: '/image' });
  const stream = response[Symbol.asyncIterator]();
  for (;;) {
    const { done, value } = await stream.next().catch(serverLost);
    if (done) return;
    await downlink.carry(value.length);
    yield value;
  }
}

interface Question {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
}

async function ask({ host, port }: HttpSource, { method, path, body }: Question): Promise<IncomingMessage> {
  const outgoing = request({ host, port, method, path });
  const answered = once(outgoing, 'response');
  outgoing.end(body);
  const [response] = (await answered.catch(serverLost)) as [IncomingMessage];
  return response;
}

function serverLost(cause: Error): never {
  throw new RunFailure('SERVER_LOST', `the connection to the server broke off: ${cause.message}`, { cause });
}
