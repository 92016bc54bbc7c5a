import type { Options } from './packet.ts';

/** What server and client have agreed on for one transfer. */
export interface TransferTerms {
  readonly blockBytes: number;
  /** Blocks that may be on their way before an acknowledgement (RFC 7440). */
  readonly windowBlocks: number;
  /** The client wants to be sent again after so long, at the latest; undefined: as the network needs. */
  readonly timeoutMs: number | undefined;
  /** What the client is told of; empty where it asked for nothing that we know, then it is told nothing. */
  readonly accepted: Options;
}

/** Without an option (RFC 1350). */
const PLAIN_BLOCK_BYTES = 512;
/** RFC 2348. */
const [SMALLEST_BLOCK, LARGEST_BLOCK] = [8, 65_464];
/** RFC 2349. */
const LONGEST_TIMEOUT_S = 255;
/** RFC 7440. */
const LARGEST_WINDOW = 65_535;
/**
 * A window has to fit into the client's socket together with what the kernel counts on top of each datagram: Linux gives
 * 208 KiB by default. It also bounds what waits in our own socket.
 */
const WINDOW_BYTES = 65_536;

/**
 * Answers the options of a read request (RFC 2347): what is not known or makes no sense is passed over, and numbers are
 * lowered to what is possible here, as RFC 2348 and 7440 allow.
 */
export function termsFor(asked: Options, sizeBytes: number): TransferTerms {
  const blockBytes = number(asked, 'blksize', { from: SMALLEST_BLOCK, to: Infinity, cap: LARGEST_BLOCK });
  const timeoutS = number(asked, 'timeout', { from: 1, to: LONGEST_TIMEOUT_S });
  const windowBlocks = number(asked, 'windowsize', {
    from: 1,
    to: LARGEST_WINDOW,
    cap: Math.max(1, Math.floor(WINDOW_BYTES / (blockBytes ?? PLAIN_BLOCK_BYTES))),
  });
  const answers: Record<string, number | undefined> = {
    blksize: blockBytes,
    timeout: timeoutS,
    tsize: sizeBytes,
    windowsize: windowBlocks,
  };
  return {
    blockBytes: blockBytes ?? PLAIN_BLOCK_BYTES,
    windowBlocks: windowBlocks ?? 1,
    timeoutMs: timeoutS === undefined ? undefined : timeoutS * 1000,
    accepted: new Map(
      [...asked.keys()].flatMap((name) =>
        Object.hasOwn(answers, name) && answers[name] !== undefined ? [[name, String(answers[name])]] : [],
      ),
    ),
  };
}

interface Limits {
  readonly from: number;
  readonly to: number;
  /** What lies between this and `to` is lowered to it. */
  readonly cap?: number;
}

function number(asked: Options, name: string, { from, to, cap = to }: Limits): number | undefined {
  const text = asked.get(name) ?? '';
  const value = Number(text);
  return /^\d+$/.test(text) && value >= from && value <= to ? Math.min(value, cap) : undefined;
}
