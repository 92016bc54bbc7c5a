import type { IncomingMessage } from 'node:http';

/** A report is a few disks long. */
const MOST_BODY_BYTES = 2 ** 20;

/** The body of a request. Throws an Error for one that is too long or no JSON. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > MOST_BODY_BYTES) throw new Error('the body of the request is too long');
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString());
}
