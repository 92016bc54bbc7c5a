import type { IncomingMessage } from 'node:http';
import { ProtocolError } from '../protocol-error.ts';

/** Ten thousand machines by UUID are 400 kB; a report of an agent is a few disks long. */
const MOST_BODY_BYTES = 2 ** 20;
/** A body that has not arrived by then is not waited for. */
const BODY_MS = 10_000;

/** Why a body was not read, and the status that says so (RFC 9110, 15.5). */
const STATUS = { bodyTooLarge: 413, bodyTooSlow: 408, bodyBroken: 400, bodyNoJson: 400 } as const;
export type BodyFault = keyof typeof STATUS;

/** The client's mistake: its body is too large, too slow, cut off or no JSON. */
export class BodyRefusal extends ProtocolError {
  readonly fault: BodyFault;

  constructor(fault: BodyFault, sentence: string, options: { cause?: unknown } = {}) {
    super(sentence, options);
    this.fault = fault;
  }

  get status(): number {
    return STATUS[this.fault];
  }
}

export interface BodyLimits {
  readonly mostBytes?: number;
  readonly deadlineMs?: number;
}

/**
 * The body of a request as text. Rejects with a BodyRefusal as soon as it is too large or too late; what is still to come
 * is then not read.
 */
export async function readBody(
  request: IncomingMessage,
  { mostBytes = MOST_BODY_BYTES, deadlineMs = BODY_MS }: BodyLimits = {},
): Promise<string> {
  const tooLarge = () => new BodyRefusal('bodyTooLarge', `allowed are ${mostBytes} bytes in a body`);
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(
      () => end(new BodyRefusal('bodyTooSlow', `the body did not arrive in ${deadlineMs} ms`)),
      deadlineMs,
    );
    const keep = (chunk: Uint8Array): void => {
      bytes += chunk.length;
      if (bytes > mostBytes) end(tooLarge());
      else chunks.push(chunk);
    };
    const finish = (): void => end();
    const breakOff = (cause?: unknown): void =>
      end(new BodyRefusal('bodyBroken', 'the connection broke off within the body', { cause }));
    const end = (refusal?: BodyRefusal): void => {
      clearTimeout(late);
      request.off('data', keep).off('end', finish).off('error', breakOff).off('close', breakOff).pause();
      if (refusal) reject(refusal);
      else resolve();
    };
    request.on('data', keep).on('end', finish).on('error', breakOff).on('close', breakOff);
  });
  return Buffer.concat(chunks).toString();
}

/** The body of a request as JSON. Rejects with a BodyRefusal. */
export async function readJson(request: IncomingMessage, limits: BodyLimits = {}): Promise<unknown> {
  return jsonOf(await readBody(request, limits));
}

/** Throws a BodyRefusal (`bodyNoJson`). */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new BodyRefusal('bodyNoJson', 'the body is no JSON', { cause });
  }
}
