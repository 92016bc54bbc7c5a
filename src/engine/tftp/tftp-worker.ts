import { parentPort } from 'node:worker_threads';
import tftp from 'tftp';

/** Tells the thread what to fetch; it fetches one file at a time. */
export interface TftpTask {
  readonly host: string;
  readonly port: number;
  readonly name: string;
  readonly windowBlocks: number;
  /** How often a packet is sent again before the file is given up. */
  readonly repeats: number;
}

/** What the thread says: that it waits for tasks, and then how each went. */
export type TftpReport =
  | { readonly kind: 'ready' }
  | { readonly kind: 'fetched'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'failed'; readonly reason: string; readonly isRefused: boolean };

/** The package waits 3 s before it sends a packet again; networks that boot machines answer within milliseconds. */
const RETRANSMIT_MS = 500;
/** What a server may make us hold: the metainfo of a large image takes some megabytes. */
const MOST_BYTES = 2 ** 28;
/** What the package puts in front of its errors. */
const PREFIX = '(Server) ';

parentPort!.on('message', (task: TftpTask) => {
  fetchFile(task).then(
    (bytes) => parentPort!.postMessage({ kind: 'fetched', bytes } satisfies TftpReport, [bytes.buffer]),
    ({ message, code }: NodeJS.ErrnoException) =>
      report({
        kind: 'failed',
        reason: message.replace(PREFIX, ''),
        // Errors that the server sent have no code, those of the package have.
        isRefused: message.startsWith(PREFIX) && code === undefined,
      }),
  );
});
report({ kind: 'ready' });

function report(message: TftpReport): void {
  parentPort!.postMessage(message);
}

async function fetchFile({
  host,
  port,
  name,
  windowBlocks,
  repeats,
}: TftpTask): Promise<Uint8Array<ArrayBuffer>> {
  const stream = tftp
    .createClient({ host, port, timeout: RETRANSMIT_MS, retries: repeats, windowSize: windowBlocks })
    .createGetStream(name);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  stream.on('data', (chunk: Uint8Array) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MOST_BYTES) reject(new Error(`it has more than ${MOST_BYTES} bytes`));
  });
  stream.once('end', resolve);
  stream.once('error', reject);
  await promise;
  const file = new Uint8Array(bytes);
  let at = 0;
  for (const chunk of chunks) {
    file.set(chunk, at);
    at += chunk.length;
  }
  return file;
}
