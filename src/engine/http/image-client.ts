import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { RunFailure } from '../../failure.ts';
import type { LinkRate } from '../link-rate.ts';

/**
 * A server that is silent for so long, and does not even answer the kernel within ten seconds more, is gone. Node's own
 * agent asks after one second, which a cable that is pulled for eleven does not survive.
 */
const SILENCE_MS = 60_000;

/** Where the payload of an image is. */
export interface HttpSource {
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

const OK = 200;

/**
 * Fetches the payload as one stream, no faster than the downlink carries it. Whoever stops reading closes the connection.
 * Throws a RunFailure (`SERVER_LOST`, `REFUSED`) where it ends early or is not to be had.
 */
export async function* fetchImage(source: HttpSource, downlink: LinkRate): AsyncGenerator<Uint8Array> {
  const response = await answerOf(source);
  try {
    if (response.statusCode !== OK)
      throw new RunFailure(
        'REFUSED',
        `the server has no ${source.path}: it answered with status ${response.statusCode}`,
      );
    const stream = response[Symbol.asyncIterator]();
    for (;;) {
      const { done, value } = await stream.next().catch(serverLost);
      if (done) return;
      await downlink.carry(value.length);
      yield value;
    }
  } finally {
    response.destroy();
  }
}

async function answerOf(source: HttpSource): Promise<IncomingMessage> {
  const outgoing = request({ ...source, agent: false });
  outgoing.setSocketKeepAlive(true, SILENCE_MS);
  const answered = once(outgoing, 'response');
  outgoing.end();
  const [response] = (await answered.catch(serverLost)) as [IncomingMessage];
  // What happens to the connection from now on, the reader of the answer hears: nobody else has to.
  outgoing.on('error', () => {});
  return response;
}

function serverLost(cause: Error): never {
  throw new RunFailure('SERVER_LOST', `the connection to the server broke off: ${cause.message}`, { cause });
}
