import type { ClassicChoker } from '../policy/classic-choker.ts';
import type { PieceDealer } from '../policy/piece-dealer.ts';
import type { PieceSet } from '../policy/piece-set.ts';
import type { SuperSeeder } from '../policy/super-seeder.ts';
import type { BlockAddress, Message } from '../wire/message.ts';
import { bitsOf } from './bitfield.ts';
import { ClassicUnchokes } from './classic-unchokes.ts';
import { Dealing } from './dealing.ts';
import type { Geometry } from './geometry.ts';
import { type GrantSettings, Grants } from './grants.ts';
import type { Neighbour } from './neighbour.ts';
import { News } from './news.ts';
import type { Showing, ShowTable } from './showing.ts';
import { SuperSeeding } from './super-seeding.ts';
import type { EmitEffect } from './swarm-effect.ts';
import type { Unchokes } from './unchokes.ts';
import { WithheldPieces } from './withheld-pieces.ts';

/** What the sending side needs to know. */
export interface UploadSettings extends GrantSettings {
  readonly geometry: Geometry;
  /** A seeder that deals every piece once before any twice. */
  readonly dealer: PieceDealer | undefined;
  /** A seeder that reveals a piece to everybody, and the next when that was seen elsewhere. */
  readonly superSeeder: SuperSeeder | undefined;
  /** Rounds instead of grants; who deals makes grants. */
  readonly choker: ClassicChoker | undefined;
  /** How long a piece that could not be read for a neighbour is not tried again for it. */
  readonly unreadableMs: number;
}

/** What goes out cannot be read. */
interface UnreadableBlock {
  readonly block: BlockAddress;
  readonly reason: string;
}

/** Longest block that we serve: what everybody asks for is 16 KiB; some ask for twice that. */
export const SERVED_BLOCK_BYTES = 32_768;
/** Requests of one peer that wait at a time; peers are told of it. */
export const QUEUED_REQUESTS = 2048;

/** The sending side of a torrent: what we say that we have, whom we unchoke, and what we send to it. */
export class UploadSide {
  readonly #settings: UploadSettings;
  readonly #neighbours: ReadonlyMap<number, Neighbour>;
  readonly #emit: EmitEffect;
  readonly #held: PieceSet;
  readonly #showing: Showing | undefined;
  readonly #news: News;
  readonly #unchokes: Unchokes;
  readonly #withheld: WithheldPieces;
  #isPaused = false;

  constructor(
    settings: UploadSettings,
    torrent: { neighbours: ReadonlyMap<number, Neighbour>; held: PieceSet; emit: EmitEffect },
  ) {
    const { neighbours, held, emit } = torrent;
    this.#settings = settings;
    this.#neighbours = neighbours;
    this.#held = held;
    this.#emit = emit;
    const send = this.#send.bind(this);
    this.#showing = newShowing(settings, { ...settings, held, neighbours, send });
    this.#news = new News(neighbours, settings.geometry.pieces, send);
    this.#unchokes = this.#newUnchokes();
    this.#withheld = new WithheldPieces(settings.geometry, settings.unreadableMs);
  }

  #newUnchokes(): Unchokes {
    const table = {
      neighbours: this.#neighbours,
      unchoke: this.#unchoke.bind(this),
      choke: this.#choke.bind(this),
      renew: this.#renew.bind(this),
    };
    const { choker, dealer, geometry } = this.#settings;
    return choker && !dealer
      ? new ClassicUnchokes(choker, table, () => this.#held.size === geometry.pieces)
      : new Grants(this.#settings, table, { news: this.#news, showing: this.#showing });
  }

  /** Says what we have: everything that is not kept back. */
  joined(neighbour: Neighbour, nowMs: number): void {
    this.#unchokes.joined(neighbour);
    if (this.#showing?.isGoingOn) {
      if (neighbour.hasFast) this.#send(neighbour, { kind: 'haveNone' });
      this.#showing.joined(neighbour);
    } else this.#introduce(neighbour);
    this.#news.joined(neighbour);
    this.#fill(nowMs);
  }

  left(neighbour: Neighbour, nowMs: number): void {
    this.#showing?.left(neighbour);
    this.#unchokes.left(neighbour);
    neighbour.grant = undefined;
    this.#fill(nowMs);
  }

  /** A neighbour has said what it is: who deals has everything, and wants nothing. */
  introduced(neighbour: Neighbour, nowMs: number): void {
    this.#showing?.introduced(neighbour);
    if (neighbour.isDealer) this.lostInterest(neighbour, nowMs);
  }

  /** Nobody is served, not even with what was asked for. */
  pause(): void {
    this.#isPaused = true;
    this.#unchokes.endAll();
    for (const neighbour of this.#neighbours.values())
      for (const block of neighbour.queue.splice(0)) this.#reject(neighbour, block);
  }

  resume(nowMs: number): void {
    this.#isPaused = false;
    this.#fill(nowMs);
  }

  becameInterested(neighbour: Neighbour, nowMs: number): void {
    neighbour.isInterested = true;
    this.#fill(nowMs);
  }

  lostInterest(neighbour: Neighbour, nowMs: number): void {
    neighbour.isInterested = false;
    this.#showing?.lostInterest(neighbour, nowMs);
    this.#unchokes.lostInterest(neighbour);
    this.#fill(nowMs);
  }

  requested(neighbour: Neighbour, block: BlockAddress, nowMs: number): void {
    if (!this.#settings.geometry.hasRange(block, SERVED_BLOCK_BYTES))
      return this.#drop(neighbour, 'it asked for bytes that no piece has');
    const { grant, queue } = neighbour;
    if (!grant) this.#unchokes.missed(neighbour, nowMs);
    if (!grant || !this.#mayHave(neighbour, block.piece) || queue.length >= QUEUED_REQUESTS)
      return this.#reject(neighbour, block);
    const withheld = this.#withheld.asked(neighbour, block.piece, nowMs);
    if (withheld === 'refused') return this.#reject(neighbour, block);
    if (withheld === 'endless') return this.#drop(neighbour, 'it goes on asking for what it was refused');
    this.#unchokes.used(neighbour, nowMs);
    grant.isUsed = true;
    grant.usedAtMs = nowMs;
    neighbour.isIdle = false;
    queue.push(block);
    this.#pump(neighbour, nowMs);
  }

  cancelled(neighbour: Neighbour, { piece, begin, length }: BlockAddress): void {
    const place = neighbour.queue.findIndex(
      (block) => block.piece === piece && block.begin === begin && block.length === length,
    );
    if (place === -1) return;
    const [block] = neighbour.queue.splice(place, 1);
    this.#reject(neighbour, block!);
  }

  sent(neighbour: Neighbour, bytes: number, nowMs: number): void {
    neighbour.unsentBytes -= bytes;
    neighbour.unsentBlocks--;
    if (neighbour.grant) {
      neighbour.grant.usedAtMs = nowMs;
      neighbour.grant.waitedMs += nowMs - neighbour.grant.waitingSinceMs;
      neighbour.grant.waitingSinceMs = nowMs;
    }
    this.#pump(neighbour, nowMs);
    if (!neighbour.grant) this.#fill(nowMs);
  }

  /** With the fast extension (BEP 6) that costs the neighbour this piece; without, nobody could tell it. */
  unreadable(neighbour: Neighbour, { block, reason }: UnreadableBlock, nowMs: number): void {
    const { hasFast, queue } = neighbour;
    if (!hasFast) return this.#drop(neighbour, reason);
    const { piece, length } = block;
    this.#withheld.add(neighbour, piece, nowMs);
    this.#reject(neighbour, block);
    for (const waiting of queue.splice(0)) {
      if (waiting.piece === piece) this.#reject(neighbour, waiting);
      else queue.push(waiting);
    }
    neighbour.takenBytes -= length;
    this.sent(neighbour, length, nowMs);
  }

  /** A piece that we have now. */
  stored(piece: number, nowMs: number): void {
    this.#news.stored(piece, nowMs);
    this.#fill(nowMs);
  }

  ticked(nowMs: number): void {
    this.#news.ticked(nowMs);
    if (this.#isPaused) return;
    this.#unchokes.ticked(nowMs);
    this.#showing?.ticked(nowMs);
    this.#fill(nowMs);
  }

  /** A neighbour has a piece. */
  announced(neighbour: Neighbour, piece: number, nowMs: number): void {
    if (!this.#showing) return;
    this.#showing.announced(neighbour, piece, nowMs);
    this.#fill(nowMs);
  }

  #fill(nowMs: number): void {
    if (!this.#isPaused) this.#unchokes.fill(nowMs);
  }

  #unchoke(neighbour: Neighbour, nowMs: number): void {
    this.#news.tell(neighbour);
    neighbour.lapsed = undefined;
    neighbour.grant = {
      leftBytes: this.#settings.geometry.pieceBytes,
      pieces: 1,
      waitedMs: 0,
      waitingSinceMs: nowMs,
      usedAtMs: nowMs,
      isUsed: false,
    };
    this.#showing?.granted(neighbour, nowMs);
    // The choke that ended the grant before may still wait there.
    this.#emit({ kind: 'sendBehindBlocks', peer: neighbour.peer, message: { kind: 'unchoke' } });
  }

  #renew(neighbour: Neighbour, nowMs: number): void {
    neighbour.grant!.leftBytes += this.#settings.geometry.pieceBytes;
    neighbour.grant!.pieces++;
    this.#showing?.granted(neighbour, nowMs);
  }

  /** What was asked for before the choke is still served; without the fast extension the choke has made it void. */
  #choke(neighbour: Neighbour): void {
    neighbour.grant = undefined;
    if (!neighbour.hasFast) neighbour.queue.length = 0;
    this.#emit({ kind: 'sendBehindBlocks', peer: neighbour.peer, message: { kind: 'choke' } });
  }

  /** Hands blocks to the connection, few at a time: what waits there delays what is said after it. */
  #pump(neighbour: Neighbour, nowMs: number): void {
    while (neighbour.queue.length > 0 && this.#hasRoom(neighbour)) {
      const block = neighbour.queue.shift()!;
      if (neighbour.grant && neighbour.unsentBytes === 0) neighbour.grant.waitingSinceMs = nowMs;
      neighbour.unsentBytes += block.length;
      neighbour.unsentBlocks++;
      neighbour.takenBytes += block.length;
      this.#news.tell(neighbour);
      this.#emit({ kind: 'sendBlock', peer: neighbour.peer, block });
      this.#showing?.sent(neighbour, block, nowMs);
      if (!neighbour.grant) continue;
      neighbour.grant.leftBytes -= block.length;
      if (neighbour.grant.leftBytes <= 0) this.#unchokes.spent(neighbour, nowMs);
    }
  }

  /** A whole piece is read for each block: whoever asks for a byte of each waits as if these were whole blocks. */
  #hasRoom({ unsentBytes, unsentBlocks }: Neighbour): boolean {
    const { unsentBytes: most, geometry } = this.#settings;
    return unsentBytes < most && unsentBlocks * geometry.blockBytes < most;
  }

  /** BEP 6; others know by the choke. It goes behind the choke, or the peer would ask again at once. */
  #reject({ hasFast, peer }: Neighbour, block: BlockAddress): void {
    if (hasFast) this.#emit({ kind: 'sendBehindBlocks', peer, message: { ...block, kind: 'reject' } });
  }

  #drop({ peer }: Neighbour, reason: string): void {
    this.#emit({ kind: 'dropPeer', peer, reason });
  }

  #mayHave(neighbour: Neighbour, piece: number): boolean {
    return this.#held.has(piece) && (this.#showing?.mayHave(neighbour, piece) ?? true);
  }

  #introduce(neighbour: Neighbour): void {
    const { pieces } = this.#settings.geometry;
    if (neighbour.hasFast && this.#held.size === pieces) return this.#send(neighbour, { kind: 'haveAll' });
    if (neighbour.hasFast && this.#held.size === 0) return this.#send(neighbour, { kind: 'haveNone' });
    if (this.#held.size > 0) this.#send(neighbour, { kind: 'bitfield', bits: bitsOf(this.#held, pieces) });
  }

  #send(neighbour: Neighbour, message: Message): void {
    this.#emit({ kind: 'sendMessage', peer: neighbour.peer, message });
  }
}

function newShowing({ dealer, superSeeder }: UploadSettings, table: ShowTable): Showing | undefined {
  if (dealer) return new Dealing(dealer, table);
  return superSeeder && new SuperSeeding(superSeeder, table);
}
