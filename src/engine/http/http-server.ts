import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeJson } from './json-reply-writer.ts';

/** Answers a request if it is one of its own. @returns whether it was; rejects where the connection is to be ended */
export type HttpRoute = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

/** A client that has not sent a whole request by then is not waited for. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
const LOOK_MS = 2_000;

/** One HTTP server for everything: each request goes to the first route that takes it. */
export class HttpServer {
  readonly #server;

  private constructor(routes: readonly HttpRoute[]) {
    const timeouts = { headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS };
    this.#server = createServer(
      { ...timeouts, connectionsCheckingInterval: LOOK_MS },
      (request, response) => {
        // A request that cannot be answered is the client's mistake or its death: it costs that connection.
        route(routes, request, response).catch(() => response.destroy());
      },
    );
  }

  /** Rejects with the system's error where the port is taken; 0 is any free port. */
  static async start(options: {
    readonly host: string;
    readonly port: number;
    readonly routes: readonly HttpRoute[];
  }): Promise<HttpServer> {
    const server = new HttpServer(options.routes);
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

async function route(
  routes: readonly HttpRoute[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  for (const each of routes) if (await each(request, response)) return;
  await writeJson(request, response, { status: 404, body: { error: 'there is nothing at this address' } });
}
