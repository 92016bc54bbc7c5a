/** Part of a piece, as peers ask for it. */
export interface BlockAddress {
  readonly piece: number;
  /** Offset in the piece [byte]. */
  readonly begin: number;
  /** Bytes. */
  readonly length: number;
}

/** Messages of BEP 3, 6 (fast extension) and 10 (extension protocol), but for `piece`, whose data stays apart. */
export type Message =
  | {
      readonly kind:
        | 'keepAlive'
        | 'choke'
        | 'unchoke'
        | 'interested'
        | 'notInterested'
        | 'haveAll'
        | 'haveNone';
    }
  | { readonly kind: 'have' | 'suggest' | 'allowedFast'; readonly piece: number }
  | { readonly kind: 'bitfield'; readonly bits: Uint8Array }
  | ({ readonly kind: 'request' | 'cancel' | 'reject' } & BlockAddress)
  | { readonly kind: 'extended'; readonly id: number; readonly payload: Uint8Array };

/** Message numbers on the wire. */
export const MESSAGE_ID = {
  choke: 0,
  unchoke: 1,
  interested: 2,
  notInterested: 3,
  have: 4,
  bitfield: 5,
  request: 6,
  piece: 7,
  cancel: 8,
  suggest: 13,
  haveAll: 14,
  haveNone: 15,
  reject: 16,
  allowedFast: 17,
  extended: 20,
} as const;
