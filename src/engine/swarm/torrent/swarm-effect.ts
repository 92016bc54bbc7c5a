import type { BlockAddress, Message } from '../wire/message.ts';

/** Everything that a torrent can have done. */
export type SwarmEffect =
  /** Goes ahead of blocks that have not left yet. */
  | { readonly kind: 'sendMessage'; readonly peer: number; readonly message: Message }
  /** Goes behind the blocks: a choke and rejects, which say that the peer may ask no more, and the next unchoke. */
  | { readonly kind: 'sendBehindBlocks'; readonly peer: number; readonly message: Message }
  | { readonly kind: 'sendBlock'; readonly peer: number; readonly block: BlockAddress }
  /** All blocks are there: check the hash, store the piece, tell. */
  | {
      readonly kind: 'checkPiece';
      readonly piece: number /** Peer by block; `FROM_STORE` for one that the store has to give first. */;
      readonly senders: readonly number[];
    }
  /** What came in of a piece is forgotten: it has to come again as a whole. */
  | { readonly kind: 'abandonPiece'; readonly piece: number }
  /** The peer broke the protocol. */
  | { readonly kind: 'dropPeer'; readonly peer: number; readonly reason: string }
  /** Every piece is stored. */
  | { readonly kind: 'finish' };

/** Collects effects in their order. */
export type EmitEffect = (effect: SwarmEffect) => void;
