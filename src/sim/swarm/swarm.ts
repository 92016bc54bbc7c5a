import { handOutPeers } from '../../engine/swarm/policy/peer-handout.ts';
import { PieceRows, type PieceSet } from '../../engine/swarm/policy/piece-set.ts';
import { hasTracker, type P2pModel } from '../deployment-model.ts';
import type { RandomStream } from '../kernel/random-stream.ts';
import { SERVER } from '../network/topology.ts';
import { Crossing } from './crossing.ts';
import type { Neighbours } from './neighbours.ts';
import { newPicking, type Picking } from './picking.ts';
import type { SlowReceivers } from './slow-receivers.ts';
import { Tracker } from './tracker.ts';
import { UploadSlots } from './upload-slots.ts';

/**
 * Everybody who takes part, by number, the server first, which is the seeder whose policy a scenario chooses; other
 * seeders come last, and are like machines that are done. What is known of all of them stands in a few arrays side by
 * side: one event looks at many peers, and with a hundred thousand of them each look at an object would wait for memory.
 */
export interface SwarmState {
  readonly pieces: number;
  readonly chance: RandomStream;
  /** By the tracker's handout: whether they are here yet or not, unless there is a tracker that is asked meanwhile. */
  readonly neighbours: Neighbours;
  readonly tracker: Tracker | undefined;
  /** 1 for those who are here; seeders are from the start. */
  readonly isHere: Uint8Array;
  /** Pieces that each has; what the seeder has not dealt yet is not among them. */
  readonly held: PieceRows;
  /** Which piece each asks for; it also knows what is on its way. */
  readonly picking: Picking;
  readonly uploads: UploadSlots;
  /** Left out where all are at one site. */
  readonly crossing: Crossing | undefined;
}

/** What all policies go by. */
export interface Swarm extends SwarmState {
  /** Left out where nobody can be slow. */
  readonly slow?: SlowReceivers | undefined;
  /** Whether a receiver could take something from an uploader now, were it unchoked. */
  isInterested(receiver: number, uploader: number): boolean;
}

/** Slots over those of the settings, where there are slow receivers: as many extra ones, and as many grants without one. */
const SLOT_ROOM = 3;

/** Who takes part in a swarm, and in what. */
interface SwarmPlace {
  /** Site of every peer, the server first. */
  readonly sites: readonly number[];
  /** Peers that have everything from the start, beside the server. */
  readonly seeders?: readonly number[];
  /** Machines that a web seed serves, all at a time; left out where there is none. It has the number behind all peers. */
  readonly webClients?: number;
  /** Whether receivers may be slower than others. */
  readonly isUneven?: boolean;
  readonly pieces: number;
  readonly chance: RandomStream;
}

/** The peers of a swarm, linked as the tracker hands them out. */
export function newSwarmState(
  settings: P2pModel,
  { sites, seeders = [], webClients = 0, isUneven = false, pieces, chance }: SwarmPlace,
  handoutChance: RandomStream,
): SwarmState {
  const { handout, neighbours: wanted, uploadSlots, seederSlots } = settings;
  const tracker = hasTracker(settings)
    ? new Tracker(settings, { sites, seeders, chance: handoutChance })
    : undefined;
  const neighbours =
    tracker?.neighbours ?? handOutPeers({ sites, handout, wanted, otherSources: seeders }, handoutChance);
  const slots = sites.map((_, peer) => (peer === SERVER ? seederSlots : uploadSlots));
  const held = new PieceRows(sites.length + (webClients > 0 ? 1 : 0), pieces);
  // What is to be dealt the seeder has only when it has dealt it.
  const seeded = held.row(SERVER);
  if (settings.seeder !== 'dealing') fill(seeded, pieces);
  const isHere = new Uint8Array(sites.length);
  isHere[SERVER] = 1;
  const crossing = isOneSite(sites)
    ? undefined
    : new Crossing({
        ...{ sites, held, neighbours, isHere },
        salts: sites.map(() => handoutChance.below(0x7fff_ffff)),
      });
  const picking = newPicking(settings, { held, neighbours, chance, crossing });
  if (webClients > 0) fill(held.row(sites.length), pieces);
  for (const seeder of seeders) {
    isHere[seeder] = 1;
    fill(held.row(seeder), pieces);
    for (let piece = 0; piece < pieces; piece++) picking.claimed(seeder, piece);
  }
  return {
    pieces,
    chance,
    neighbours,
    tracker,
    isHere,
    held,
    picking,
    crossing,
    uploads: new UploadSlots(
      [...slots, webClients],
      [...slots.map((count) => (isUneven ? SLOT_ROOM * count : count)), webClients],
    ),
  };
}

function isOneSite(sites: readonly number[]): boolean {
  return sites.every((site) => site === sites[0]);
}

function fill(set: PieceSet, pieces: number): void {
  for (let piece = 0; piece < pieces; piece++) set.add(piece);
}
