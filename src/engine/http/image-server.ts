import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { ImageReader } from '../image/image-reader.ts';
import { chunkBytesFor, LinkRate } from '../link-rate.ts';
import { type BootFiles, bootFileNamed } from '../tftp/boot-file.ts';
import { sendBootFile } from './boot-file-http-server.ts';
import { bootFileName } from './boot-file-path.ts';
import { type ByteRange, fileHead } from './byte-range.ts';
import { type Answer, MachineRegistry } from './machine-registry.ts';

export interface ImageServerOptions {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly image: ImageReader;
  /** Name of the metainfo among the boot files. */
  readonly metainfoFile: string;
  /** What machines boot from, at `/boot/` and the name; left out: nothing. */
  readonly bootFiles?: BootFiles;
  /** Bytes per second that all streams of the image share. */
  readonly upBps: number;
}

const NO_FILES: BootFiles = new Map();
const NOTHING_HERE: Answer = { status: 404, body: { error: 'there is nothing at this address' } };

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
    const bootFile = bootFileName(request.url ?? '');
    if (bootFile !== undefined && isReading(request)) {
      const file = bootFileNamed(this.#options.bootFiles ?? NO_FILES, bootFile);
      return file ? sendBootFile(file, request, response) : send(response, NOTHING_HERE);
    }
    switch (`${request.method} ${request.url}`) {
      case 'GET /image':
        return this.#sendImage(request, response);
      case 'POST /machines':
        return send(response, this.#registry.register(await json(request)));
      case 'POST /machines/done':
        return send(response, this.#registry.finish(await json(request)));
      default:
        return send(response, NOTHING_HERE);
    }
  }

  /** Web seeds are asked for pieces (BEP 19). */
  #sendImage({ headers: asked }: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, headers, range } = fileHead(asked.range, this.#options.image.sizeBytes);
    response.writeHead(status, headers);
    return pipeline(range ? this.#bytesAsCarried(range) : [], response);
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

function isReading({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD';
}

function send(response: ServerResponse, { status, body }: Answer): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': bytes.length });
  response.end(bytes);
}
