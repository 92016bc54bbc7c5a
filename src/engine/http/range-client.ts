import { ProtocolError } from '../protocol-error.ts';
import { type ByteRange, contentRange } from './byte-range.ts';

/** Part of a file on a web server. */
export interface FileRange extends ByteRange {
  readonly url: string;
  /** Length of the whole file. */
  readonly fileBytes: number;
}

/** A server that sends nothing for so long is gone. */
const SILENCE_MS = 10_000;

/**
 * Fetches part of a file, exactly; connections are kept for the next. What it has fetched waits for whoever takes it.
 * Throws a ProtocolError where the server cannot be reached, sends anything else or falls silent.
 * @param stopped ends it
 */
export async function* fetchRange(range: FileRange, stopped: AbortSignal): AsyncGenerator<Uint8Array> {
  const failed = new AbortController();
  const silence = new Silence(() => failed.abort(new ProtocolError('it was silent for too long')));
  try {
    const response = await fetch(range.url, {
      headers: { range: `bytes=${range.first}-${range.last}` },
      signal: AbortSignal.any([stopped, failed.signal]),
    });
    expectRange(response, range);
    let left = range.last - range.first + 1;
    for await (const chunk of response.body ?? []) {
      silence.end();
      left -= chunk.length;
      if (left < 0) break;
      yield chunk;
      silence.begin();
    }
    if (left !== 0) throw new ProtocolError('it sent another number of bytes than it was asked for');
  } catch (error) {
    failed.abort();
    throw error instanceof ProtocolError ? error : unreachable(error as Error);
  } finally {
    silence.end();
  }
}

/** Runs out when nothing comes. */
class Silence {
  readonly #ranOut: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(ranOut: () => void) {
    this.#ranOut = ranOut;
    this.begin();
  }

  begin(): void {
    this.#timer = setTimeout(this.#ranOut, SILENCE_MS);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

/** 206 with the range itself, or 200 where the range is the whole file (RFC 9110, 14.2 and 15.3.7). */
function expectRange({ status, headers }: Response, range: FileRange): void {
  const { first, last, fileBytes } = range;
  const isWhole = first === 0 && last === fileBytes - 1;
  if (status === 200 && isWhole) return;
  if (status !== 206) throw new ProtocolError(`it answered with status ${status}`);
  if (headers.get('content-range') !== contentRange(range, fileBytes))
    throw new ProtocolError(`it answered with another range: ${headers.get('content-range')}`);
}

function unreachable({ message, cause }: Error): ProtocolError {
  return new ProtocolError(`it cannot be reached: ${cause instanceof Error ? cause.message : message}`, {
    cause,
  });
}
