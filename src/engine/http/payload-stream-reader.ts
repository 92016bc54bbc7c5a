import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { ImageReader } from '../image/image-reader.ts';
import { chunkBytesFor, type LinkRate } from '../link-rate.ts';
import { type ByteRange, contentRange, requestedRange } from './byte-range.ts';
import type { HttpRoute } from './http-server.ts';

/** Payloads by their path without the first slash, such as `images/lab/1/payload`; later entries are served, too. */
export function payloadRoute(payloads: ReadonlyMap<string, PayloadStreams>): HttpRoute {
  return async (request, response) => {
    const payload = request.method === 'GET' ? payloads.get(request.url!.slice(1)) : undefined;
    await payload?.send(request.headers.range, response);
    return payload !== undefined;
  };
}

/** Sends a payload, or ranges of it, to whoever asks. */
export class PayloadStreams {
  readonly #payload: ImageReader;
  readonly #uplink: LinkRate;
  #uploadedBytes = 0;

  /** @param uplink shared by all streams, and with whatever else it carries */
  constructor(payload: ImageReader, uplink: LinkRate) {
    this.#payload = payload;
    this.#uplink = uplink;
  }

  /** Bytes that were sent. */
  get uploadedBytes(): number {
    return this.#uploadedBytes;
  }

  /** @param wanted Range header; web seeds are asked for pieces (BEP 19) */
  send(wanted: string | undefined, response: ServerResponse): Promise<void> {
    const { sizeBytes } = this.#payload;
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
    const chunkBytes = chunkBytesFor(this.#uplink.rateBps);
    for (let offset = first; offset <= last; offset += chunkBytes) {
      const room = Buffer.allocUnsafeSlow(Math.min(chunkBytes, last + 1 - offset));
      const chunk = await this.#payload.readAt(offset, room);
      await this.#uplink.carry(chunk.length);
      this.#uploadedBytes += chunk.length;
      yield chunk;
    }
  }
}
