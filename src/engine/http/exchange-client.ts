import { type IncomingMessage, request } from 'node:http';

/** A question to a web server. */
export interface HttpQuestion {
  readonly url: URL;
  /** Of who asks; left out where anybody may. */
  readonly token?: string;
  /** Sent by POST as JSON; left out: GET. */
  readonly body?: object;
  /** Time for the whole exchange [ms]. */
  readonly patienceMs: number;
  /** Longest answer that is read [byte]. */
  readonly mostBytes: number;
  /** Ends it before. */
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: Uint8Array;
}

/**
 * One question and its answer. `fetch` does the same, but to load it takes a processor a tenth of a second, which a
 * machine would have to wait for in the middle of its deployment.
 * Rejects with the system's error where there is no answer, and with one that says so where it is too long.
 */
export async function exchange(question: HttpQuestion): Promise<HttpAnswer> {
  const response = await answerTo(question);
  const { statusCode: status = 0, headers } = response;
  if (Number(headers['content-length'] ?? 0) > question.mostBytes) {
    response.destroy();
    throw new Error(`its answer has ${headers['content-length']} bytes`);
  }
  return { status, body: await bodyOf(response, question.mostBytes) };
}

/** Counts what comes: a server does not have to say how long its answer is. */
async function bodyOf(response: IncomingMessage, mostBytes: number): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    bytes += part.length;
    // To leave the loop ends the connection.
    if (bytes > mostBytes) throw new Error(`its answer has more than ${mostBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function answerTo({ url, token, body, patienceMs, signal: ended }: HttpQuestion): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const text = body && JSON.stringify(body);
  const headers = {
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(text && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
  };
  const timeout = AbortSignal.timeout(patienceMs);
  const signal = ended ? AbortSignal.any([ended, timeout]) : timeout;
  request(url, { method: text ? 'POST' : 'GET', headers, signal }, resolve)
    .on('error', reject)
    .end(text);
  return promise;
}
