import type { IncomingMessage, ServerResponse } from 'node:http';

export interface JsonReply {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A client that still sends when it is answered has so long to read the answer. */
const LINGER_MS = 1_000;

/**
 * Answers with JSON; a HEAD gets the headers alone. Where the client has not sent all of its body, that costs it the
 * connection, but not at once: closing over bytes that nobody has read would reset it and lose the answer (RFC 9112, 9.6).
 */
export async function writeJson(
  request: IncomingMessage,
  response: ServerResponse,
  { status, body, headers = {} }: JsonReply,
): Promise<void> {
  const bytes = Buffer.from(JSON.stringify(body));
  const isUnread = hasBody(request) && !request.complete;
  response.writeHead(status, {
    ...headers,
    ...(isUnread && { connection: 'close' }),
    'content-type': 'application/json',
    'content-length': bytes.length,
  });
  response.write(bytes);
  if (isUnread) await discarded(request);
  response.end();
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** What comes is thrown away, until it ends or the time is over. */
async function discarded(request: IncomingMessage): Promise<void> {
  if (request.destroyed) return;
  const waiting = Promise.withResolvers<void>();
  const over = setTimeout(waiting.resolve, LINGER_MS);
  // A client that gives up now has been answered.
  request.on('end', waiting.resolve).on('close', waiting.resolve).on('error', waiting.resolve).resume();
  await waiting.promise;
  clearTimeout(over);
}
