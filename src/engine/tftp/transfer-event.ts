/**
 * Everything that can happen to a transfer. The state machine (`transfer.ts`) takes these and nothing else; sockets,
 * clock and disk turn what they see into events.
 */
export type TransferEvent =
  /** The first of all: the client is to be told the options, or sent the first blocks where there are none. */
  | { readonly kind: 'begun'; readonly atMs: number }
  /** The client has everything up to this block: its number on the wire, 16 bits. */
  | { readonly kind: 'acknowledged'; readonly block: number; readonly atMs: number }
  /** The client wants no more. */
  | { readonly kind: 'errorReceived' }
  /** The file cannot be read any more. */
  | { readonly kind: 'readFailed' }
  /** The server goes away, or needs the place. */
  | { readonly kind: 'stopped' }
  | { readonly kind: 'clockTicked'; readonly atMs: number };
