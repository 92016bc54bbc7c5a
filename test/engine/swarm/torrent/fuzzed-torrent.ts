import type { Geometry } from '../../../../src/engine/swarm/torrent/geometry.ts';
import { wholePieces } from '../../../../src/engine/swarm/torrent/held-blocks.ts';
import type { SwarmEffect } from '../../../../src/engine/swarm/torrent/swarm-effect.ts';
import type { SwarmEvent } from '../../../../src/engine/swarm/torrent/swarm-event.ts';
import { type SwarmSettings, SwarmState } from '../../../../src/engine/swarm/torrent/swarm-state.ts';
import type { BlockAddress, Message } from '../../../../src/engine/swarm/wire/message.ts';
import { type Deed, keyOf, nonsense, type Step } from './fuzz-step.ts';
import { newlySeen, openPieces, type Seen, unsentBytes } from './seen-neighbour.ts';

/**
 * A torrent with an onlooker who knows the rules, sees what goes in and out, and notes what breaks them. He cannot see
 * whom the torrent has given up as too silent: let it have endless patience.
 */
export class FuzzedTorrent {
  readonly #settings: SwarmSettings;
  readonly #geometry: Geometry;
  readonly #state: SwarmState;
  readonly #seen = new Map<number, Seen>();
  /** Blocks that are there, of pieces that are neither stored nor refuted. */
  readonly #there = new Set<string>();
  readonly #checking: number[] = [];
  readonly #stored = new Set<number>();
  /** Of these not even the store is believed any more. */
  readonly #refuted = new Set<number>();
  readonly #broken: string[] = [];
  #nowMs = 0;
  #isPaused = false;

  constructor(settings: SwarmSettings) {
    this.#settings = settings;
    this.#geometry = settings.geometry;
    this.#state = new SwarmState(settings);
    for (const piece of wholePieces(settings.held, settings.geometry)) this.#stored.add(piece);
    for (let piece = 0; piece < settings.geometry.pieces; piece++) this.#takeFromStore(piece);
  }

  /** What the store has of a piece that is not there as a whole. */
  #takeFromStore(piece: number): void {
    if (this.#stored.has(piece) || this.#refuted.has(piece)) return;
    for (let block = 0; block < this.#geometry.blocksOf(piece); block++) {
      if (this.#settings.held.hasBlock(piece, block))
        this.#there.add(keyOf(this.#geometry.blockAt(piece, block)));
    }
  }

  /** What does not hold at this moment, or did not on the way. */
  broken(): string[] {
    return [...this.#broken, ...this.#standing()];
  }

  do({ deed, who, what, which }: Step): void {
    const peer = who;
    const seen = this.#seen.get(peer);
    if (deed === 'join') return this.#join(peer, which % 2 === 0);
    if (deed === 'pass') return this.#pass(what * 700);
    if (deed === 'pause' || deed === 'resume') return this.#setPaused(deed === 'pause');
    if (deed === 'store' || deed === 'refute') return this.#judge(deed, which);
    if (!seen) return;
    const piece = what % this.#geometry.pieces;
    const block = this.#geometry.blockAt(piece, which % this.#geometry.blocksOf(piece));
    if (deed === 'leave') return this.#leave(peer);
    if (deed === 'blockLeaves') return this.#leaveWire(peer, seen);
    if (deed === 'blockSpoils') return this.#spoil(peer, seen, which);
    if (deed === 'blockEnds') return this.#endBlock(peer, seen);
    // A stream says one thing after the other: nothing else while a block comes in.
    if (seen.arriving) return;
    this.#say(deed, { peer, seen, piece, block, which });
  }

  #say(
    deed: Deed,
    {
      peer,
      seen,
      piece,
      block,
      which,
    }: { peer: number; seen: Seen; piece: number; block: BlockAddress; which: number },
  ): void {
    const asked = [...seen.asked.values()];
    switch (deed) {
      case 'choke':
        seen.letsUsAsk = false;
        if (!seen.hasFast) seen.asked.clear();
        return this.#tell({ kind: 'choked', peer });
      case 'unchoke':
        seen.letsUsAsk = true;
        return this.#tell({ kind: 'unchoked', peer });
      case 'becomeInterested':
        seen.isInterested = true;
        return this.#tell({ kind: 'becameInterested', peer });
      case 'loseInterest':
        seen.isInterested = false;
        return this.#tell({ kind: 'lostInterest', peer });
      case 'have':
        seen.pieces.add(piece);
        return this.#tell({ kind: 'pieceAnnounced', peer, piece });
      case 'bitfield':
        return this.#sayBits(peer, seen, piece);
      case 'haveAll':
        for (let each = 0; each < this.#geometry.pieces; each++) seen.pieces.add(each);
        return this.#tell({ kind: 'everythingAnnounced', peer });
      case 'request':
        seen.requests.push(keyOf(block));
        return this.#tell({ kind: 'blockRequested', peer, block });
      case 'requestNonsense':
        return this.#tell({ kind: 'blockRequested', peer, block: nonsense(this.#geometry, which) });
      case 'cancel':
        return this.#tell({ kind: 'requestCancelled', peer, block });
      case 'blockBegins':
        return asked.length > 0 ? this.#beginBlock(peer, seen, asked[which % asked.length]!) : undefined;
      case 'blockUnasked':
        return this.#beginBlock(peer, seen, which === 7 ? nonsense(this.#geometry, piece) : block);
      case 'reject':
        return asked.length > 0 ? this.#reject(peer, seen, asked[which % asked.length]!) : undefined;
      case 'rejectNonsense':
        return this.#reject(peer, seen, nonsense(this.#geometry, which));
    }
  }

  #join(peer: number, hasFast: boolean): void {
    if (this.#seen.has(peer)) return;
    this.#seen.set(peer, newlySeen(hasFast));
    this.#tell({ kind: 'peerJoined', peer, hasFast });
  }

  #leave(peer: number): void {
    this.#seen.delete(peer);
    this.#tell({ kind: 'peerLeft', peer });
  }

  #sayBits(peer: number, seen: Seen, piece: number): void {
    const bits = new Uint8Array(Math.ceil(this.#geometry.pieces / 8));
    bits[piece >> 3]! |= 0x80 >> (piece & 7);
    seen.pieces.add(piece);
    this.#tell({ kind: 'bitfieldReceived', peer, bits });
  }

  #beginBlock(peer: number, seen: Seen, block: BlockAddress): void {
    const isTaken = this.#state.blockArrives(peer, block, this.#nowMs);
    if (isTaken) {
      if (!seen.asked.has(keyOf(block)))
        this.#broken.push('a block that was not asked for was given a place');
      if (this.#there.has(keyOf(block))) this.#broken.push('a block that is there was given a place');
      for (const [other, { arriving }] of this.#seen) {
        if (other !== peer && arriving?.isTaken && keyOf(arriving.block) === keyOf(block))
          this.#broken.push('a block is written by two at once');
      }
    }
    seen.arriving = { block, isTaken };
  }

  #endBlock(peer: number, seen: Seen): void {
    if (!seen.arriving) return;
    const { block, isTaken } = seen.arriving;
    seen.arriving = undefined;
    seen.cancelled.delete(keyOf(block));
    if (seen.asked.delete(keyOf(block))) {
      seen.heardAtMs = this.#nowMs;
      if (isTaken) this.#there.add(keyOf(block));
    }
    this.#tell({ kind: 'blockReceived', peer, block });
  }

  #reject(peer: number, seen: Seen, block: BlockAddress): void {
    const isOfCancelled = seen.cancelled.delete(keyOf(block));
    if (!isOfCancelled && seen.asked.delete(keyOf(block)) && seen.letsUsAsk) seen.refused.add(block.piece);
    this.#tell({ kind: 'requestRejected', peer, block });
  }

  #leaveWire(peer: number, seen: Seen): void {
    const bytes = unsentBytes(seen);
    if (bytes === 0) return;
    seen.unsent.length = 0;
    this.#tell({ kind: 'blockSent', peer, bytes });
  }

  /** A block that goes out cannot be read: with the fast extension its request is to be answered all the same. */
  #spoil(peer: number, seen: Seen, which: number): void {
    if (seen.unsent.length === 0) return;
    const [block] = seen.unsent.splice(which % seen.unsent.length, 1);
    if (seen.hasFast) seen.requests.push(keyOf(block!));
    const before = seen.requests.length;
    this.#tell({ kind: 'blockUnreadable', peer, block: block!, reason: 'the disk does not answer' });
    if (seen.hasFast && seen.requests.length >= before)
      this.#broken.push('an unreadable block is not rejected');
    // It would have to go.
    if (!seen.hasFast) this.#leave(peer);
  }

  #judge(deed: 'store' | 'refute', which: number): void {
    if (this.#checking.length === 0) return;
    const [piece] = this.#checking.splice(which % this.#checking.length, 1);
    for (const key of [...this.#there]) if (key.startsWith(`${piece} `)) this.#there.delete(key);
    if (deed === 'store') this.#stored.add(piece!);
    else this.#refuted.add(piece!);
    this.#tell({ kind: deed === 'store' ? 'pieceStored' : 'pieceRefuted', piece: piece! });
  }

  #setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused;
    this.#tell({ kind: isPaused ? 'paused' : 'resumed' });
  }

  #pass(ms: number): void {
    this.#nowMs += ms;
    this.#tell({ kind: 'clockTicked' });
  }

  #tell(event: SwarmEvent): void {
    for (const effect of this.#state.handle(event, this.#nowMs)) this.#note(effect);
  }

  #note(effect: SwarmEffect): void {
    if (effect.kind === 'checkPiece') return this.#noteCheck(effect.piece);
    if (effect.kind === 'abandonPiece') return this.#noteAbandoned(effect.piece);
    if (effect.kind === 'finish') return;
    const seen = this.#seen.get(effect.peer);
    if (!seen) {
      this.#broken.push(`${effect.kind} to a neighbour that has gone`);
    } else if (effect.kind === 'sendBlock') this.#noteBlock(seen, effect.block);
    else if (effect.kind !== 'dropPeer') this.#noteMessage(seen, effect.message);
  }

  #noteCheck(piece: number): void {
    this.#checking.push(piece);
    for (let block = 0; block < this.#geometry.blocksOf(piece); block++) {
      if (!this.#there.has(keyOf(this.#geometry.blockAt(piece, block))))
        this.#broken.push('a piece is checked that is not complete');
    }
  }

  #noteAbandoned(piece: number): void {
    if ([...this.#seen.values()].some((seen) => openPieces(seen).has(piece)))
      this.#broken.push('a piece is abandoned that a neighbour has');
    for (let block = 0; block < this.#geometry.blocksOf(piece); block++)
      this.#there.delete(keyOf(this.#geometry.blockAt(piece, block)));
    this.#takeFromStore(piece);
  }

  #noteBlock(seen: Seen, block: BlockAddress): void {
    if (this.#isPaused) this.#broken.push('a block goes out while we are paused');
    if (!seen.isGranted && !seen.hasFast) this.#broken.push('a block goes to a neighbour that is choked');
    if (!this.#stored.has(block.piece)) this.#broken.push('a block goes out that is not there');
    if (unsentBytes(seen) >= this.#settings.unsentBytes) this.#broken.push('too much waits on a connection');
    this.#answer(seen, block);
    seen.unsent.push(block);
  }

  #answer(seen: Seen, block: BlockAddress): void {
    const place = seen.requests.indexOf(keyOf(block));
    if (place === -1) this.#broken.push('a request is answered that was not made');
    else seen.requests.splice(place, 1);
  }

  #noteMessage(seen: Seen, message: Message): void {
    switch (message.kind) {
      case 'unchoke':
        if (seen.isGranted) this.#broken.push('an unchoke on top of another');
        seen.isGranted = true;
        return;
      case 'choke':
        if (!seen.isGranted) this.#broken.push('a choke without an unchoke');
        seen.isGranted = false;
        if (!seen.hasFast) seen.requests.splice(0);
        return;
      case 'reject':
        return this.#answer(seen, message);
      case 'request':
        return this.#noteRequest(seen, message);
      case 'cancel':
        if (!seen.asked.delete(keyOf(message))) this.#broken.push('a cancel of what was not asked for');
        if (seen.hasFast) seen.cancelled.add(keyOf(message));
        return;
      case 'interested':
      case 'notInterested':
        if (seen.areWeInterested === (message.kind === 'interested'))
          this.#broken.push(`${message.kind} twice`);
        seen.areWeInterested = message.kind === 'interested';
        return;
      case 'have':
        if (!this.#stored.has(message.piece)) this.#broken.push('a have of a piece that is not there');
    }
  }

  #noteRequest(seen: Seen, block: BlockAddress): void {
    if (this.#isPaused) this.#broken.push('a request while we are paused');
    const key = keyOf(block);
    if (!seen.letsUsAsk) this.#broken.push('a request to a neighbour that chokes us');
    if (!seen.pieces.has(block.piece)) this.#broken.push('a request for a piece that the neighbour lacks');
    if (seen.refused.has(block.piece)) this.#broken.push('a request for a piece that the neighbour refused');
    if (seen.asked.has(key)) this.#broken.push('a request made twice to one neighbour');
    if (this.#there.has(key) || this.#stored.has(block.piece))
      this.#broken.push('a request for what is there');
    const copies = this.#copiesOf(key);
    if (copies > 0 && this.#hasFreeBlocks()) this.#broken.push('an extra copy outside the end game');
    if (copies > 2) this.#broken.push('more than two extra copies');
    if (seen.asked.size >= Math.max(2, this.#settings.askedBlocks))
      this.#broken.push('too much is asked of one neighbour');
    if (seen.asked.size === 0) seen.heardAtMs = this.#nowMs;
    seen.asked.set(key, block);
  }

  #copiesOf(key: string): number {
    return [...this.#seen.values()].filter(({ asked }) => asked.has(key)).length;
  }

  /** Blocks that nobody was asked for and that are not there, of a piece or of any. */
  #hasFreeBlocks(pieces: Iterable<number> = Array(this.#geometry.pieces).keys()): boolean {
    for (const piece of pieces) {
      if (this.#stored.has(piece)) continue;
      for (let block = 0; block < this.#geometry.blocksOf(piece); block++) {
        const key = keyOf(this.#geometry.blockAt(piece, block));
        if (!this.#there.has(key) && this.#copiesOf(key) === 0) return true;
      }
    }
    return false;
  }

  /** What has to hold between two events. */
  #standing(): string[] {
    const broken: string[] = [];
    const neighbours = [...this.#seen.values()];
    const grants = neighbours.filter(({ isGranted }) => isGranted).length;
    const { slots, dealer, choker } = this.#settings;
    // One optimistic unchoke takes no slot as long as it is not interested. Grants, which a seeder that deals makes in
    // any case, are more where all of them last.
    const most = choker && !dealer ? slots + 1 : this.#nowMs > 2_000 ? 2 * slots : slots;
    if (grants > most) broken.push('more grants than slots');
    if (this.#state.heldPieces !== this.#stored.size) broken.push('pieces are miscounted');
    const isWaiting = neighbours.some(
      ({ isGranted, isInterested, unsent, requests }) =>
        isInterested && !isGranted && unsent.length === 0 && requests.length === 0,
    );
    if (!this.#isPaused && !dealer && !choker && grants < slots && isWaiting)
      broken.push('a slot is idle while somebody waits');
    for (const seen of neighbours) {
      if (seen.asked.size > 0 && !seen.areWeInterested)
        broken.push('not interested in a neighbour that owes us blocks');
      if (this.#isFree(seen) && !seen.areWeInterested)
        broken.push('not interested in what is wanted and free');
      if (seen.areWeInterested && !this.#isOfUse(seen)) broken.push('interested in nothing');
    }
    return broken;
  }

  /** A neighbour has a free block, and there is room for a further source. */
  #isFree(seen: Seen): boolean {
    const sources = [...this.#seen.values()].filter(
      (other) => other.asked.size > 0 || this.#isWaitedFor(other),
    ).length;
    return !this.#isPaused && sources < this.#settings.sources && this.#hasFreeBlocks(openPieces(seen));
  }

  /** It was a source a moment ago, and may have more that we want soon. */
  #isWaitedFor({ letsUsAsk, areWeInterested, asked, heardAtMs }: Seen): boolean {
    const isRecent = this.#nowMs - heardAtMs < 1_000;
    return letsUsAsk && areWeInterested && asked.size === 0 && isRecent && this.#hasFreeBlocks();
  }

  #isOfUse(seen: Seen): boolean {
    const { asked } = seen;
    const pieces = openPieces(seen);
    if (this.#isPaused) return asked.size > 0;
    if (asked.size > 0 || this.#hasFreeBlocks(pieces) || this.#isWaitedFor(seen)) return true;
    return !this.#hasFreeBlocks() && [...pieces].some((piece) => !this.#stored.has(piece));
  }
}
