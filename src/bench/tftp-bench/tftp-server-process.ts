import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import tftp from 'tftp';
import { BootFileServer, openBootFolder } from '../../engine/index.ts';
import { leaveSignalsToBench } from '../executors/local/leave-signals-to-bench.ts';

/**
 * Serves one file by the server named by its first argument, on a free port of this computer, which it tells its parent; it
 * ends with its parent.
 */
const HOST = '127.0.0.1';

process.on('disconnect', () => process.exit(0));
leaveSignalsToBench();
// The package throws out of its socket's listener; its other transfers are to go on.
process.on('uncaughtException', () => {});

const [, , server, file] = process.argv as [string, string, string, string];
process.send!({ port: server === 'swarmboot' ? await startOurs() : await startPackage() });

async function startOurs(): Promise<number> {
  const { port } = await BootFileServer.start({
    host: HOST,
    port: 0,
    files: await openBootFolder(dirname(file)),
  });
  return port;
}

async function startPackage(): Promise<number> {
  const bytes = await readFile(file);
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const packaged = tftp.createServer({ host: HOST, denyPUT: true }, (request, response) => {
    request.on('error', () => {});
    if (request.file !== basename(file)) return request.abort('File not found');
    response.setSize(bytes.length);
    response.end(bytes);
  });
  // The package would take port 0 for 69.
  packaged.port = 0;
  packaged.once('listening', () => resolve(packaged._socket.address().port));
  packaged.once('error', reject);
  packaged.listen();
  return promise;
}
