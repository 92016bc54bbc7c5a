import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { type BootFile, type BootFiles, bootFileNamed } from '../tftp/boot-file.ts';
import { bootFileName } from './boot-file-path.ts';
import { type ByteRange, fileHead } from './byte-range.ts';
import type { HttpRoute } from './http-server.ts';

/** Handed to a connection at a time. */
const CHUNK_BYTES = 65_536;

/** What machines boot from and what describes images, at `/boot/` and the name. */
export function bootFileRoute(files: BootFiles): HttpRoute {
  return async (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return false;
    const file = bootFileNamed(files, bootFileName(request.url!) ?? '');
    if (file) await sendBootFile(file, request, response);
    return file !== undefined;
  };
}

/**
 * Answers GET and HEAD for a boot file, whole or a range of it. Firmware asks for the length by HEAD before it makes room
 * (UEFI specification, 24.7, HTTP boot), so it is always told.
 * Rejects where the client is gone or the file cannot be read.
 */
async function sendBootFile(
  file: BootFile,
  { method, headers: asked }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { status, headers, range } = fileHead(method === 'GET' ? asked.range : undefined, file.sizeBytes);
  response.writeHead(status, headers);
  await pipeline(range && method === 'GET' ? bytesOf(file, range) : [], response);
}

async function* bytesOf(file: BootFile, { first, last }: ByteRange): AsyncGenerator<Uint8Array> {
  const cursor = file.open();
  try {
    for (let offset = first; offset <= last; offset += CHUNK_BYTES) {
      const chunk = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, last + 1 - offset));
      while (!cursor.read(offset, chunk)) await cursor.bring(offset, chunk.length);
      yield chunk;
    }
  } finally {
    cursor.close();
  }
}
