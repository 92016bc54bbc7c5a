import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { contentRange, requestedRange } from '../../../src/engine/http/byte-range.ts';

/** What a test may do to a request; true where it has answered it. */
type Meddle = (request: IncomingMessage, response: ServerResponse) => boolean;

/** A web server of files in memory, and what it was asked for: `path first-last`. */
export interface AWebServer {
  readonly url: string;
  readonly asked: string[];
}

/** @param files by path */
export async function aWebServer(
  files: ReadonlyMap<string, Uint8Array>,
  meddle: Meddle = () => false,
): Promise<AWebServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url!);
    const file = files.get(path);
    const range = requestedRange(request.headers.range, file?.length ?? 0);
    asked.push(`${path} ${range?.first}-${range?.last}`);
    if (meddle(request, response)) return;
    if (!file || !range) {
      response.writeHead(file ? 416 : 404).end();
      return;
    }
    response.writeHead(206, { 'content-range': contentRange(range, file.length) });
    response.end(file.subarray(range.first, range.last + 1));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}
