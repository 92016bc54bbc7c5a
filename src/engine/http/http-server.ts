import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RunFailure } from '../../failure.ts';
import { writeJson } from './json-reply-writer.ts';

/** Answers a request if it is one of its own. @returns whether it was; rejects where the connection is to be ended */
export type HttpRoute = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

/** A client that has not sent a whole request by then is not waited for. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
const LOOK_MS = 2_000;
/** A client that has taken nothing of its answer for so long has gone, or never wanted it. */
const STALL_MS = 60_000;
/** Several for each machine of the largest rooms; each may hold a chunk of an image in memory. */
const MOST_CONNECTIONS = 4096;
/** One address gets a quarter of the places, and no fewer than these: a room behind a NAT has one. */
const LEAST_FOR_ONE_ADDRESS = 256;

export interface HttpServerOptions {
  readonly host: string;
  /** 0 is any free one. */
  readonly port: number;
  readonly routes: readonly HttpRoute[];
  /** An answer of which the client takes nothing for so long, twice at most, is given up with its connection [ms]. */
  readonly stallMs?: number;
  /** Whoever connects beyond so many is let go at once: clients come again. */
  readonly mostConnections?: number;
  /** Hears why a request could not be answered that its client still waits for. */
  readonly failed?: (error: unknown) => void;
}

/** One HTTP server for everything: each request goes to the first route that takes it. */
export class HttpServer {
  readonly #server;

  private constructor({
    routes,
    stallMs = STALL_MS,
    mostConnections = MOST_CONNECTIONS,
    failed = () => {},
  }: HttpServerOptions) {
    const timeouts = { headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS };
    this.#server = createServer(
      { ...timeouts, connectionsCheckingInterval: LOOK_MS },
      (request, response) => {
        endWhenStalled(response, stallMs);
        route(routes, request, response).catch(async (error: unknown) => {
          // A client that is gone is no fault of ours; a file that cannot be read is, and the connection goes with it.
          const isClosed = response.destroyed || response.socket?.destroyed !== false;
          if (isClosed && !(error instanceof RunFailure)) return;
          failed(error);
          await answerFailure(request, response);
        });
      },
    );
    this.#server.maxConnections = mostConnections;
    limitAddresses(this.#server, Math.max(LEAST_FOR_ONE_ADDRESS, Math.floor(mostConnections / 4)));
  }

  /** Rejects with the system's error where the port is taken. */
  static async start(options: HttpServerOptions): Promise<HttpServer> {
    const server = new HttpServer(options);
    const listening = once(server.#server, 'listening');
    server.#server.listen(options.port, options.host);
    await listening;
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}

/** One host cannot hold all places: whoever has so many connections is let go with the next one. */
function limitAddresses(server: Server, mostOfOne: number): void {
  const counts = new Map<string, number>();
  server.on('connection', (socket) => {
    const address = socket.remoteAddress ?? '';
    const count = (counts.get(address) ?? 0) + 1;
    if (count > mostOfOne) return void socket.destroy();
    counts.set(address, count);
    socket.once('close', () => {
      const left = counts.get(address)! - 1;
      if (left === 0) counts.delete(address);
      else counts.set(address, left);
    });
  });
}

/** The time begins anew with every byte that passes; an answer that is still being made waits for us, not for the client. */
function endWhenStalled(response: ServerResponse, stallMs: number): void {
  response.setTimeout(stallMs, () => {
    if (response.socket && response.socket.writableLength > 0) response.destroy();
  });
}

/** What has been begun cannot be answered otherwise any more: the connection ends in the middle of it. */
async function answerFailure(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const reply = { status: 500, body: { error: 'the server failed; its log says why' } };
  if (!response.headersSent) await writeJson(request, response, reply).catch(() => {});
  if (!response.writableEnded) response.destroy();
}

async function route(
  routes: readonly HttpRoute[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  for (const each of routes) if (await each(request, response)) return;
  await writeJson(request, response, { status: 404, body: { error: 'there is nothing at this address' } });
}
