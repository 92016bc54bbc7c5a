import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { ImageReader } from '../image/image-reader.ts';
import { chunkBytesFor, LinkRate } from '../link-rate.ts';
import { type ByteRange, contentRange, requestedRange } from './byte-range.ts';
import { type Answer, MachineRegistry } from './machine-registry.ts';

export interface ImageServerOptions {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly image: ImageReader;
  /** Name of the metainfo among the boot files. */
  readonly metainfoFile: string;
  /** Bytes per second that all streams share. */
  readonly upBps: number;
}

/** The server's HTTP side: machines report here, and each may fetch the image or a range of it. */
export class ImageServer {
  readonly #options: ImageServerOptions;
  readonly #registry: MachineRegistry;
  readonly #uplink: LinkRate;
  readonly #server = createServer((request, response) => {
    // A request that cannot be answered is the client's mistake or its death: it costs that connection.
    this.#route(request, response).catch(() => response.destroy());
  });
  #uploadedBytes = 0;

  private constructor(options: ImageServerOptions) {
    const { image, metainfoFile } = options;
    this.#options = options;
    this.#registry = new MachineRegistry({ metainfoFile, imageBytes: image.sizeBytes });
    this.#uplink = new LinkRate(options.upBps);
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

  /** Bytes of the image that have left the server. */
  get uploadedBytes(): number {
    return this.#uploadedBytes;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    switch (`${request.method} ${request.url}`) {
      case 'GET /image':
        return this.#sendImage(request.headers.range, response);
      case 'POST /machines':
        return send(response, this.#registry.register(await json(request)));
      case 'POST /machines/done':
        return send(response, this.#registry.finish(await json(request)));
      default:
        return send(response, { status: 404, body: { error: 'there is nothing at this address' } });
    }
  }

  /** @param wanted Range header; web seeds are asked for pieces (BEP 19) */
  #sendImage(wanted: string | undefined, response: ServerResponse): Promise<void> {
    const { sizeBytes } = this.#options.image;
    const range = requestedRange(wanted, sizeBytes);
    if (!range) {
      response.writeHead(416, { 'content-range': `bytes */${sizeBytes}`, 'content-length': 0 }).end();
      return Promise.resolve();
    }
    const isWhole = range.last - range.first + 1 === sizeBytes;
    response.writeHead(isWhole ? 200 : 206, {
      'content-type': 'application/octet-stream',
      'content-length': range.last - range.first + 1,
      'accept-ranges': 'bytes',
      ...(isWhole ? {} : { 'content-range': contentRange(range, sizeBytes) }),
    });
    return pipeline(this.#bytesAsCarried(range), response);
  }

  async *#bytesAsCarried({ first, last }: ByteRange): AsyncGenerator<Uint8Array> {
    const { image, upBps } = this.#options;
    const chunkBytes = chunkBytesFor(upBps);
    for (let offset = first; offset <= last; offset += chunkBytes) {
      const chunk = await image.readAt(
        offset,
        Buffer.allocUnsafeSlow(Math.min(chunkBytes, last + 1 - offset)),
      );
      await this.#uplink.carry(chunk.length);
      this.#uploadedBytes += chunk.length;
      yield chunk;
    }
  }
}

function send(response: ServerResponse, { status, body }: Answer): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': bytes.length });
  response.end(bytes);
}
