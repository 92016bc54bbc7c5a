import { hash } from 'node:crypto';
import { BLOCK_BYTES } from '../image/metainfo.ts';
import { ClassicChoker } from './policy/classic-choker.ts';
import type { CopyCounter } from './policy/picker/copy-counter.ts';
import { newPicker } from './policy/picker/new-picker.ts';
import { PieceDealer } from './policy/piece-dealer.ts';
import { FixedPipeline, MeasuredPipeline, type RequestPipeline } from './policy/request-pipeline.ts';
import { SuperSeeder } from './policy/super-seeder.ts';
import { BEST_POLICIES, type SwarmClientOptions, type SwarmPolicies } from './swarm-client.ts';
import { SystemChance } from './system-chance.ts';
import type { Geometry } from './torrent/geometry.ts';
import { EVERYTHING_HELD, type HeldBlocks } from './torrent/held-blocks.ts';
import type { SwarmSettings } from './torrent/swarm-state.ts';

/** A grant that nobody makes use of goes to the next after this time, as long as there was no answer to any. */
const PATIENCE_MS = 500;
/** A peer that owes us blocks and sends none for this long is asked for no more until it unchokes us again. */
const SNUB_MS = 15_000;
/** A piece that could not be read is tried again for the same peer after this time at the earliest. */
const UNREADABLE_MS = 15_000;
/** A peer is asked again for what it did not serve after this time: longer, so that it has a second try. */
const REFUSED_MS = 30_000;
/**
 * Bytes that may wait on one connection, as a share of a piece: what waits there delays all that is said after it, and
 * a grant whose bytes all wait does not hold its slot any more.
 */
const UNSENT_SHARE = 1 / 16;
const MOST_UNSENT_BYTES = 4 * BLOCK_BYTES;
/** Memory for pieces that come in [byte]; four pieces at least, and two more for what is dealt (`open-pieces.ts`). */
const OPEN_BYTES = 64 * 2 ** 20;
/**
 * Pieces' worth of blocks that are on their way to us, from all sources together, and the bounds of that [block]. In the
 * virtual lab 20 machines need 1.14 times the bound with 1 1/2 pieces, 1.12 with this, and 1.13 with four, where hosts
 * queue by flow; in one queue for all 1.22 with 3/4 of a piece, 1.14, 1.13 with this, and 1.15 with four.
 */
const ASKED_PIECES = 2;
/**
 * Of small pieces more, up to this [block], as two blocks from a source leave its line idle while they are asked for; but
 * no more pieces than this for it, which is one for each of four sources. In the virtual lab 20 machines with pieces of 64 KiB
 * need 1.18 times the bound with 16 blocks and 1.28 with 8, at a fifth of the rate 1.143 and 1.150; with pieces of 32 KiB
 * 1.20 with 16 and 1.14 with 8.
 */
const SMALL_PIECES_BLOCKS = 16;
const MOST_SMALL_PIECES = 4;
const FEWEST_ASKED_BLOCKS = 6;
const FEWEST_LONE_BLOCKS = 32;
const MOST_ASKED_BLOCKS = 256;
/** Blocks that one source may owe us where its line is long. */
const LONGEST_PIPELINE = 1024;

/** One torrent of one client. */
export interface SettingsSource {
  readonly options: SwarmClientOptions;
  readonly geometry: Geometry;
  readonly isSeed: boolean;
  /** What the store of a leecher has from the start. */
  readonly held: HeldBlocks;
  /** Adds what neighbours have of 32 pieces in a row. */
  count(place: number, counter: CopyCounter): void;
}

/** What the state of a torrent is begun with: policies by their names, and sizes that suit its pieces. */
export function settingsOf({ options, geometry, isSeed, held, count }: SettingsSource): SwarmSettings {
  const { uploadSlots, policies = BEST_POLICIES, site = '', neighbours } = options;
  const { pieces, pieceBytes } = geometry;
  const chance = new SystemChance();
  const isClassic = policies.choker === 'classic';
  return {
    geometry,
    place: { site: policies.crossing === 'owned' ? site : '', salt: saltOf(options.peerId) },
    held: isSeed ? EVERYTHING_HELD : held,
    chance,
    picker: newPicker(policies, { pieces, chance, count }),
    dealer: isDealer(options, isSeed) ? new PieceDealer(pieces, chance) : undefined,
    superSeeder: isSeed && policies.seeder === 'superseed' ? new SuperSeeder(pieces, chance) : undefined,
    choker: isClassic ? new ClassicChoker(uploadSlots, chance) : undefined,
    slots: uploadSlots,
    // Who declines an unchoke of the classic choker waits for ten seconds, or for ever.
    sources: isClassic ? neighbours : uploadSlots,
    openPieces: atLeast(4, OPEN_BYTES / pieceBytes),
    ...askedBlocksOf(geometry),
    newPipeline: () => newPipeline(policies),
    unsentBytes: Math.min(MOST_UNSENT_BYTES, atLeast(BLOCK_BYTES, pieceBytes * UNSENT_SHARE)),
    patienceMs: PATIENCE_MS,
    snubMs: SNUB_MS,
    refusedMs: REFUSED_MS,
    unreadableMs: UNREADABLE_MS,
  };
}

/** Whether the client deals its pieces, each once before any twice. */
export function isDealer({ policies = BEST_POLICIES }: SwarmClientOptions, isSeed: boolean): boolean {
  return isSeed && policies.seeder === 'dealing';
}

/** A number that all who know a peer's id draw from it. */
export function saltOf(peerId: Uint8Array): number {
  return Number.parseInt(hash('sha1', peerId).slice(0, 8), 16);
}

/** How many blocks may be on their way to us, from several sources together and from one alone. */
export function askedBlocksOf(geometry: Geometry): Pick<SwarmSettings, 'askedBlocks' | 'loneBlocks'> {
  const pieceBlocks = geometry.blocksOf(0);
  const blocks = pieceBlocks * ASKED_PIECES;
  const ofSmallPieces = Math.min(SMALL_PIECES_BLOCKS, pieceBlocks * MOST_SMALL_PIECES);
  const within = (fewest: number): number => Math.min(MOST_ASKED_BLOCKS, Math.max(fewest, blocks));
  return {
    askedBlocks: within(Math.max(FEWEST_ASKED_BLOCKS, ofSmallPieces)),
    loneBlocks: within(FEWEST_LONE_BLOCKS),
  };
}

function newPipeline({ pipeline }: SwarmPolicies): RequestPipeline {
  if (pipeline === 'shared') return new FixedPipeline(1);
  return new MeasuredPipeline({ blockBytes: BLOCK_BYTES, least: 1, most: LONGEST_PIPELINE });
}

function atLeast(least: number, value: number): number {
  return Math.max(least, Math.floor(value));
}
