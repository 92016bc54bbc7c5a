import type { BlockAddress } from '../wire/message.ts';
import type { Introduced } from './neighbour.ts';

/**
 * Everything that can happen to a torrent. The state machine (`swarm-state.ts`) takes these and nothing else; sockets,
 * clock and disk turn what they see into events.
 */
export type SwarmEvent =
  // Peers come and go.
  | { readonly kind: 'peerJoined'; readonly peer: number; readonly hasFast: boolean }
  | { readonly kind: 'peerLeft'; readonly peer: number }
  // A peer says in which place it is; empty for none.
  | ({ readonly kind: 'peerIntroduced'; readonly peer: number } & Readonly<Introduced>)
  // What a peer lets us do and wants of us.
  | { readonly kind: 'choked' | 'unchoked'; readonly peer: number }
  | { readonly kind: 'becameInterested' | 'lostInterest'; readonly peer: number }
  // What a peer has.
  | { readonly kind: 'pieceAnnounced'; readonly peer: number; readonly piece: number }
  | { readonly kind: 'bitfieldReceived'; readonly peer: number; readonly bits: Uint8Array }
  | { readonly kind: 'everythingAnnounced'; readonly peer: number }
  // A peer asks us for a block, or takes that back.
  | {
      readonly kind: 'blockRequested' | 'requestCancelled';
      readonly peer: number;
      readonly block: BlockAddress;
    }
  // Answers to what we asked for.
  | {
      readonly kind: 'blockReceived' | 'requestRejected';
      readonly peer: number;
      readonly block: BlockAddress;
    }
  // A block has left for the peer.
  | { readonly kind: 'blockSent'; readonly peer: number; readonly bytes: number }
  // A block that was handed over for the peer cannot be read, and never leaves.
  | {
      readonly kind: 'blockUnreadable';
      readonly peer: number;
      readonly block: BlockAddress;
      readonly reason: string;
    }
  // A piece was complete: its hash is right and it is stored, or its hash is wrong.
  | { readonly kind: 'pieceStored' | 'pieceRefuted'; readonly piece: number }
  // Time goes on.
  | { readonly kind: 'paused' }
  | { readonly kind: 'resumed' }
  | { readonly kind: 'clockTicked' };
