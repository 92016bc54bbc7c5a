import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ImageReader } from '../image/image-reader.ts';
import { type BootFiles, bootFileNamed } from '../tftp/boot-file.ts';
import { isBearerOf } from './bearer-token.ts';
import { sendBootFile } from './boot-file-http-server.ts';
import { bootFileName } from './boot-file-path.ts';
import type { Answer, MachineRegistry } from './machine-registry.ts';
import { PayloadStreams } from './payload-stream-reader.ts';

export interface ImageServerOptions {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly registry: MachineRegistry;
  /** Tokens of the deployment's agents and of its operator. */
  readonly tokens: { readonly agent: string; readonly operator: string };
  /** Where the payload is found, such as `images/lab/1/payload`. */
  readonly payloadPath: string;
  readonly payload: ImageReader;
  /** What machines boot from and what describes the image, at `/boot/` and the name. */
  readonly bootFiles: BootFiles;
  /** Bytes per second that all streams share. */
  readonly upBps: number;
}

const NOTHING_HERE: Answer = { status: 404, body: { error: 'there is nothing at this address' } };
/** A report is a few disks long. */
const MOST_BODY_BYTES = 2 ** 20;

/** The server's HTTP side: agents report here, an operator arms machines, and the image is to be had. */
export class ImageServer {
  readonly #options: ImageServerOptions;
  readonly #payload: PayloadStreams;
  readonly #server = createServer((request, response) => {
    // A request that cannot be answered is the client's mistake or its death: it costs that connection.
    this.#route(request, response).catch(() => response.destroy());
  });

  private constructor(options: ImageServerOptions) {
    this.#options = options;
    this.#payload = new PayloadStreams(options.payload, options.upBps);
  }

  /** Rejects with the system's error where the port is taken. */
  static async start(options: ImageServerOptions): Promise<ImageServer> {
    const imageServer = new ImageServer(options);
    const listening = once(imageServer.#server, 'listening');
    imageServer.#server.listen(options.port, options.host);
    await listening;
    return imageServer;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Bytes of the payload that have left the server. */
  get uploadedBytes(): number {
    return this.#payload.uploadedBytes;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').slice(1);
    if (request.method === 'GET' && path === this.#options.payloadPath)
      return this.#payload.send(request.headers.range, response);
    const bootFile = bootFileName(request.url ?? '');
    if (bootFile !== undefined && (request.method === 'GET' || request.method === 'HEAD')) {
      const file = bootFileNamed(this.#options.bootFiles, bootFile);
      return file ? sendBootFile(file, request, response) : sendJson(response, NOTHING_HERE);
    }
    return sendJson(response, await this.#answer(request));
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const { registry, tokens } = this.#options;
    const forAgent = (answer: (body: unknown) => Answer) => this.#allowed(request, tokens.agent, answer);
    const forOperator = (answer: (body: unknown) => Answer) =>
      this.#allowed(request, tokens.operator, answer);
    switch (`${request.method} ${request.url}`) {
      case 'POST /api/register':
        return forAgent((body) => registry.register(body));
      case 'POST /api/progress':
        return forAgent((body) => registry.progress(body));
      case 'POST /api/verified':
        return forAgent((body) => registry.verify(body));
      case 'GET /api/release':
        return forAgent(() => ({ status: 200, body: { isReleased: registry.isReleased } }));
      case 'POST /api/finished':
        return forAgent((body) => registry.finish(body));
      case 'POST /api/failed':
        return forAgent((body) => registry.fail(body));
      case 'POST /api/arm':
        return forOperator((body) => registry.armAsAsked(body));
      case 'POST /api/release':
        return forOperator(() => registry.release());
      case 'GET /api/machines':
        return forOperator(() => ({ status: 200, body: registry.machines }));
      default:
        return NOTHING_HERE;
    }
  }

  async #allowed(
    request: IncomingMessage,
    token: string,
    answer: (body: unknown) => Answer,
  ): Promise<Answer> {
    if (!isBearerOf(request.headers.authorization, token))
      return { status: 401, body: { error: 'the token of this deployment is missing or wrong' } };
    return answer(request.method === 'POST' ? await jsonOf(request) : undefined);
  }
}

async function jsonOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > MOST_BODY_BYTES) throw new Error('the body of the request is too long');
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString());
}

function sendJson(response: ServerResponse, { status, body }: Answer): void {
  send(response, { status, type: 'application/json', bytes: Buffer.from(JSON.stringify(body)) });
}

function send(
  response: ServerResponse,
  { status, type, bytes }: { status: number; type: string; bytes: Uint8Array },
): void {
  response.writeHead(status, { 'content-type': type, 'content-length': bytes.length }).end(bytes);
}
