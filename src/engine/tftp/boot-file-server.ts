import type { AddressInfo } from 'node:net';
import type { Request, Response } from 'tftp';

/** Serves boot files by TFTP (RFC 1350, 2347-2349, 7440): reading only, and only what is in its catalog. */
export interface BootFileServer {
  readonly port: number;
  close(): Promise<void>;
}

/** What may be read, by name; entries added later are served too. */
export type BootFiles = ReadonlyMap<string, Uint8Array>;

/**
 * Starts the tftp package as the server. Port 0 takes any free one.
 * Rejects with the system's error where the port is taken.
 *
 * The package throws out of its socket's listener on a datagram of one byte, so a process that must not die
 * guards itself with `isBootFileServerFault`. Our own server replaces it.
 */
export async function startBootFileServer(
  host: string,
  port: number,
  files: BootFiles,
): Promise<BootFileServer> {
  const { default: tftp } = await import('tftp');
  const server = tftp.createServer({ host, denyPUT: true }, (request, response) =>
    answer(files, request, response),
  );
  // The package would take port 0 for 69.
  server.port = port;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('listening', resolve);
  server.on('error', reject);
  server.listen();
  await promise;
  const bound: AddressInfo = server._socket.address();
  return {
    port: bound.port,
    close() {
      const closed = Promise.withResolvers<void>();
      server.once('close', closed.resolve);
      server.close();
      return closed.promise;
    },
  };
}

function answer(files: BootFiles, request: Request, response: Response): void {
  // A transfer that breaks off costs that client only.
  request.on('error', () => {});
  const bytes = files.get(request.file);
  if (bytes === undefined) {
    request.abort('File not found');
    return;
  }
  response.setSize(bytes.length);
  response.end(bytes);
}

/** True for an error that the tftp package threw on a malformed or repeated datagram. */
export function isBootFileServerFault(error: unknown): boolean {
  return error instanceof Error && /[\\/]node_modules[\\/]tftp[\\/]lib[\\/]/.test(error.stack ?? '');
}
