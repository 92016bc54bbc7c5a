import type { CopyCounter } from '../policy/picker/copy-counter.ts';
import type { RequestPipeline } from '../policy/request-pipeline.ts';
import type { BlockAddress } from '../wire/message.ts';
import { piecesOf } from './bitfield.ts';
import { type DownloadSettings, DownloadSide } from './download-side.ts';
import type { Geometry } from './geometry.ts';
import { wholePieces } from './held-blocks.ts';
import { type Neighbour, newNeighbour } from './neighbour.ts';
import type { SwarmEffect } from './swarm-effect.ts';
import type { SwarmEvent } from './swarm-event.ts';
import { type UploadSettings, UploadSide } from './upload-side.ts';

/** What a torrent is begun with. */
export type SwarmSettings = DownloadSettings & UploadSettings;

/**
 * One torrent of one peer: events in, effects out; no sockets, no clock, no disk. Which events there are says
 * `swarm-event.ts`; what we take is decided in `download-side.ts`, what we give in `upload-side.ts`.
 */
export class SwarmState {
  readonly #geometry: Geometry;
  readonly #newPipeline: () => RequestPipeline;
  readonly #neighbours = new Map<number, Neighbour>();
  readonly #download: DownloadSide;
  readonly #upload: UploadSide;
  #effects: SwarmEffect[] = [];

  constructor(settings: SwarmSettings) {
    const emit = (effect: SwarmEffect): void => {
      this.#effects.push(effect);
    };
    this.#geometry = settings.geometry;
    this.#newPipeline = settings.newPipeline;
    this.#download = new DownloadSide(settings, this.#neighbours, emit);
    for (const piece of wholePieces(settings.held, settings.geometry)) this.#download.hold(piece);
    const torrent = { neighbours: this.#neighbours, held: this.#download.held, emit };
    this.#upload = new UploadSide(settings, torrent);
  }

  /** Pieces that are stored. */
  get heldPieces(): number {
    return this.#download.held.size;
  }

  /** All that anybody was asked for and sent. */
  get givenBytes(): number {
    return this.#download.givenBytes;
  }

  /** Adds what neighbours have of 32 pieces in a row. */
  count(place: number, counter: CopyCounter): void {
    for (const { pieces } of this.#neighbours.values()) counter.add(pieces.word(place));
  }

  /** Data of a block begins to come in. @returns whether it has a place to go to */
  blockArrives(peer: number, block: BlockAddress, nowMs: number): boolean {
    this.#download.setClock(nowMs);
    const neighbour = this.#neighbours.get(peer);
    return neighbour !== undefined && this.#download.arrives(neighbour, block);
  }

  /** @returns what is to be done, in this order */
  handle(event: SwarmEvent, nowMs: number): SwarmEffect[] {
    this.#effects = [];
    this.#download.setClock(nowMs);
    switch (event.kind) {
      case 'peerJoined':
        this.#join(event.peer, event.hasFast, nowMs);
        break;
      case 'pieceStored':
        this.#download.stored(event.piece);
        this.#upload.stored(event.piece, nowMs);
        this.#download.askAll();
        break;
      case 'pieceRefuted':
        this.#download.refuted(event.piece);
        break;
      case 'paused':
        this.#download.pause();
        this.#upload.pause();
        break;
      case 'resumed':
        this.#download.resume();
        this.#upload.resume(nowMs);
        break;
      case 'clockTicked':
        this.#download.ticked();
        this.#upload.ticked(nowMs);
        break;
      default:
        this.#hear(event, nowMs);
    }
    if (event.kind !== 'blockSent' && event.kind !== 'blockRequested') this.#download.settle();
    return this.#effects;
  }

  #hear(event: Extract<SwarmEvent, { peer: number }>, nowMs: number): void {
    const neighbour = this.#neighbours.get(event.peer);
    if (!neighbour) return;
    switch (event.kind) {
      case 'peerLeft':
        this.#neighbours.delete(event.peer);
        this.#download.left(neighbour);
        return this.#upload.left(neighbour, nowMs);
      case 'peerIntroduced':
        this.#download.introduced(neighbour, event);
        return this.#upload.introduced(neighbour, nowMs);
      case 'choked':
        return this.#download.choked(neighbour);
      case 'unchoked':
        return this.#download.unchoked(neighbour);
      case 'becameInterested':
        return this.#upload.becameInterested(neighbour, nowMs);
      case 'lostInterest':
        return this.#upload.lostInterest(neighbour, nowMs);
      case 'pieceAnnounced':
        return this.#announce(neighbour, [event.piece], nowMs);
      case 'bitfieldReceived':
        return this.#announceBits(neighbour, event.bits, nowMs);
      case 'everythingAnnounced':
        return this.#announceAll(neighbour, nowMs);
      case 'blockRequested':
        return this.#upload.requested(neighbour, event.block, nowMs);
      case 'requestCancelled':
        return this.#upload.cancelled(neighbour, event.block);
      case 'blockReceived':
        return this.#download.received(neighbour, event.block);
      case 'requestRejected':
        return this.#download.rejected(neighbour, event.block);
      case 'blockSent':
        return this.#upload.sent(neighbour, event.bytes, nowMs);
      case 'blockUnreadable':
        return this.#upload.unreadable(neighbour, event, nowMs);
    }
  }

  #join(peer: number, hasFast: boolean, nowMs: number): void {
    const neighbour = newNeighbour({ peer, hasFast, pipeline: this.#newPipeline() }, this.#geometry.pieces);
    this.#neighbours.set(peer, neighbour);
    this.#upload.joined(neighbour, nowMs);
  }

  #announce(neighbour: Neighbour, pieces: readonly number[], nowMs: number): void {
    if (pieces.some((piece) => piece >= this.#geometry.pieces))
      return this.#drop(neighbour.peer, 'it announced a piece that does not exist');
    const news = pieces.filter((piece) => !neighbour.pieces.has(piece));
    if (news.length === 0) return;
    this.#download.announced(neighbour, news);
    for (const piece of news) this.#upload.announced(neighbour, piece, nowMs);
  }

  /** It takes a byte or so to say, and may be said without end: only the first time costs more than that. */
  #announceAll(neighbour: Neighbour, nowMs: number): void {
    const { pieces } = this.#geometry;
    if (neighbour.pieces.size < pieces) this.#announce(neighbour, Array(pieces).keys().toArray(), nowMs);
  }

  #announceBits(neighbour: Neighbour, bits: Uint8Array, nowMs: number): void {
    if (bits.length !== Math.ceil(this.#geometry.pieces / 8)) {
      return this.#drop(neighbour.peer, 'its bitfield has a wrong length');
    }
    this.#announce(neighbour, [...piecesOf(bits)], nowMs);
  }

  #drop(peer: number, reason: string): void {
    this.#effects.push({ kind: 'dropPeer', peer, reason });
  }
}
