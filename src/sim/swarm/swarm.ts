import { handOutPeers } from '../../engine/swarm/policy/peer-handout.ts';
import { newPicker } from '../../engine/swarm/policy/picker/new-picker.ts';
import type { P2pModel } from '../deployment-model.ts';
import type { RandomStream } from '../kernel/random-stream.ts';
import { SERVER } from '../network/topology.ts';
import { newPeer, type Peer } from './peer.ts';

/** Everybody who takes part, and what all policies go by. */
export interface Swarm {
  /** By number; the seeder first, which is here from the start. */
  readonly peers: readonly Peer[];
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
  for (const [number, neighbours] of handOutPeers({ sites, handout, wanted }, handoutChance).entries()) {
    const slots = number === SERVER ? settings.seederSlots : settings.uploadSlots;
    const copiesOf = (piece: number): number => copiesAmong(neighbours, piece, peers);
    const picker = newPicker(settings, { pieces, chance, copiesOf });
    peers.push(newPeer(number, slots, { pieces, neighbours, picker }));
  }
  const seeder = peers[SERVER]!;
  seeder.isHere = true;
  // What is to be dealt it has only when it has dealt it.
  if (settings.seeder !== 'dealing') for (let piece = 0; piece < pieces; piece++) seeder.held.add(piece);
  return peers;
}

function copiesAmong(neighbours: Int32Array, piece: number, peers: readonly Peer[]): number {
  let copies = 0;
  for (const number of neighbours) {
    const { isHere, held } = peers[number]!;
    if (isHere && held.has(piece)) copies++;
  }
  return copies;
}
