import type { BlockAddress, Message } from '../wire/message.ts';
import type { SwarmEvent } from './swarm-event.ts';

/** What a message of a peer means for the torrent; undefined for one that means nothing. */
export function eventOf(peer: number, message: Message): SwarmEvent | undefined {
  switch (message.kind) {
    case 'choke':
      return { kind: 'choked', peer };
    case 'unchoke':
      return { kind: 'unchoked', peer };
    case 'interested':
      return { kind: 'becameInterested', peer };
    case 'notInterested':
      return { kind: 'lostInterest', peer };
    case 'have':
      return { kind: 'pieceAnnounced', peer, piece: message.piece };
    case 'bitfield':
      return { kind: 'bitfieldReceived', peer, bits: message.bits };
    case 'haveAll':
      return { kind: 'everythingAnnounced', peer };
    case 'request':
      return { kind: 'blockRequested', peer, block: addressOf(message) };
    case 'cancel':
      return { kind: 'requestCancelled', peer, block: addressOf(message) };
    case 'reject':
      return { kind: 'requestRejected', peer, block: addressOf(message) };
    default:
      return undefined;
  }
}

/** The address alone: what is made of it must not inherit the kind of the message. */
function addressOf({ piece, begin, length }: BlockAddress): BlockAddress {
  return { piece, begin, length };
}
