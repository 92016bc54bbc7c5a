import { handOutPeers } from '../../engine/swarm/policy/peer-handout.ts';
import type { CopyCounter } from '../../engine/swarm/policy/picker/copy-counter.ts';
import { newPicker } from '../../engine/swarm/policy/picker/new-picker.ts';
import { PieceSet, wordsFor } from '../../engine/swarm/policy/piece-set.ts';
import type { P2pModel } from '../deployment-model.ts';
import type { RandomStream } from '../kernel/random-stream.ts';
import { SERVER } from '../network/topology.ts';
import { newPeer, type Peer } from './peer.ts';

/** Everybody who takes part, and what all policies go by. */
export interface Swarm {
  /** By number; the seeder first, which is here from the start. */
  readonly peers: readonly Peer[];
  /** How many downloads each peer has, by number. */
  readonly downloads: Uint32Array;
  readonly pieces: number;
  readonly chance: RandomStream;
  /** Whether a receiver could take something from an uploader now, were it unchoked. */
  isInterested(receiver: Peer, uploader: Peer): boolean;
}

/**
 * The peers of a swarm, linked as the tracker hands them out.
 * @param sites site of every peer, the seeder first
 */
export function newPeers(
  settings: P2pModel,
  { sites, pieces, chance }: { sites: readonly number[]; pieces: number; chance: RandomStream },
  handoutChance: RandomStream,
): Peer[] {
  const { handout, neighbours: wanted } = settings;
  const peers: Peer[] = [];
  // What all have side by side: it is looked at all the time.
  const span = wordsFor(pieces);
  const words = new Uint32Array(sites.length * span);
  for (const [number, neighbours] of handOutPeers({ sites, handout, wanted }, handoutChance).entries()) {
    const slots = number === SERVER ? settings.seederSlots : settings.uploadSlots;
    const group = { members: neighbours, span };
    const count = (place: number, counter: CopyCounter): void => counter.addAll(words, place, group);
    const picker = newPicker(settings, { pieces, chance, count });
    const held = new PieceSet(pieces, words.subarray(number * span, (number + 1) * span));
    peers.push(newPeer(number, slots, { neighbours, held, picker }));
  }
  const seeder = peers[SERVER]!;
  seeder.isHere = true;
  // What is to be dealt it has only when it has dealt it.
  if (settings.seeder !== 'dealing') for (let piece = 0; piece < pieces; piece++) seeder.held.add(piece);
  return peers;
}
