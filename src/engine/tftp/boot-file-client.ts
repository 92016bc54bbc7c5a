import { RunFailure } from '../../failure.ts';

export interface BootFileSource {
  readonly host: string;
  readonly port: number;
}

/** The package waits 3 s before it sends a packet again; networks that boot machines answer within milliseconds. */
const RETRANSMIT_MS = 500;
const RETRIES = 6;

/**
 * Fetches a boot file by TFTP.
 * Throws a RunFailure (`TFTP`) where the server refuses it or does not answer.
 */
export async function fetchBootFile({ host, port }: BootFileSource, name: string): Promise<Uint8Array> {
  const { default: tftp } = await import('tftp');
  const stream = tftp
    .createClient({ host, port, timeout: RETRANSMIT_MS, retries: RETRIES })
    .createGetStream(name);
  const chunks: Uint8Array[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  stream.on('data', (chunk: Uint8Array) => chunks.push(chunk));
  stream.once('end', resolve);
  stream.once('error', reject);
  await promise.catch((cause: Error) => {
    throw new RunFailure('TFTP', `the boot file ${name} cannot be fetched by TFTP: ${cause.message}`, {
      cause,
    });
  });
  return Buffer.concat(chunks);
}
