import type { Options } from './packet.ts';

/** Everything that a transfer can have done. */
export type TransferEffect =
  | { readonly kind: 'sendOptionAck'; readonly options: Options }
  /** Blocks count from 1 and go on behind 65535; what has not left of blocks asked for before is not sent any more. */
  | { readonly kind: 'sendBlocks'; readonly first: number; readonly count: number }
  | { readonly kind: 'sendError'; readonly code: number; readonly message: string }
  | { readonly kind: 'finish'; readonly outcome: TransferOutcome };

/**
 * How a transfer ended: `completed`; `declined` by the client before it took a byte, as firmware does that asks for the
 * size first; `broken` off by the client later; `silent` where it answered no more; `unreadable` where the file was; `stopped` by us.
 */
export type TransferOutcome = 'completed' | 'declined' | 'broken' | 'silent' | 'unreadable' | 'stopped';

/** Collects effects in their order. */
export type EmitEffect = (effect: TransferEffect) => void;
