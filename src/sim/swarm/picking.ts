import { newPicker, type PickerSettings } from '../../engine/swarm/policy/picker/new-picker.ts';
import type { PiecePicker } from '../../engine/swarm/policy/picker/piece-picker.ts';
import { PieceShelf } from '../../engine/swarm/policy/picker/piece-shelf.ts';
import { PieceRows, type PieceSet } from '../../engine/swarm/policy/piece-set.ts';
import type { RandomStream } from '../kernel/random-stream.ts';
import type { Crossing } from './crossing.ts';
import type { Neighbours } from './neighbours.ts';

/** The piece pickers of all peers. */
export interface Picking {
  /** What each peer has, or is being sent. */
  readonly taken: PieceRows;
  claimed(peer: number, piece: number): void;
  released(peer: number, piece: number): void;
  /** All neighbours of a peer learn that it has a piece. */
  announced(peer: number, piece: number): void;
  /** A peer learns what a new neighbour has. */
  introduced(peer: number, neighbour: number): void;
  /** A peer that is gone, and may be back, knows no more what a neighbour has. */
  forgotten(peer: number, neighbour: number): void;
  /** A peer is gone that had this piece. */
  lost(peer: number, piece: number): void;
  /** What the receiver asks the uploader for, or -1. */
  pick(receiver: number, uploader: number): number;
}

/** What pickers go by. */
interface PickingSource {
  readonly held: PieceRows;
  readonly neighbours: Neighbours;
  readonly chance: RandomStream;
  readonly crossing: Crossing | undefined;
}

/** Of what an uploader has, what a receiver may take. @param held stands for anybody's pieces */
function offeredBy(
  { crossing }: PickingSource,
  { receiver, uploader, held }: { receiver: number; uploader: number; held: PieceSet },
): PieceSet {
  return crossing?.isAcross(receiver, uploader)
    ? crossing.offered(receiver, uploader)
    : held.moveTo(uploader);
}

export function newPicking(settings: PickerSettings, source: PickingSource): Picking {
  return settings.picker === 'rarest'
    ? new ToldPicking(settings, source)
    : new SharedPicking(settings, source);
}

/** A picker each, told of every piece. */
class ToldPicking implements Picking {
  readonly taken: PieceRows;
  readonly #pickers: readonly PiecePicker[];
  readonly #source: PickingSource;
  /** Stands for what the uploader in question has. */
  readonly #offered: PieceSet;

  constructor(settings: PickerSettings, source: PickingSource) {
    const { pieces, sizes } = source.held;
    this.#source = source;
    this.#offered = source.held.row(0);
    this.taken = new PieceRows(sizes.length, pieces);
    const shelf = new PieceShelf(sizes.length, pieces);
    this.#pickers = Array.from(sizes, (_, peer) =>
      newPicker(settings, {
        pieces,
        chance: source.chance,
        place: { taken: this.taken.row(peer), shelf, row: peer },
        count: () => {},
      }),
    );
  }

  claimed(peer: number, piece: number): void {
    this.#pickers[peer]!.claimed(piece);
  }

  released(peer: number, piece: number): void {
    this.#pickers[peer]!.released(piece);
  }

  announced(peer: number, piece: number): void {
    const { members, starts, ends } = this.#source.neighbours;
    const end = ends[peer]!;
    for (let place = starts[peer]!; place < end; place++) this.#pickers[members[place]!]!.announced(piece);
  }

  introduced(peer: number, neighbour: number): void {
    for (const piece of this.#source.held.row(neighbour)) this.#pickers[peer]!.announced(piece);
  }

  forgotten(peer: number, neighbour: number): void {
    for (const piece of this.#source.held.row(neighbour)) this.#pickers[peer]!.lost(piece);
  }

  lost(peer: number, piece: number): void {
    for (const neighbour of this.#source.neighbours.of(peer)) this.#pickers[neighbour]!.lost(piece);
  }

  pick(receiver: number, uploader: number): number {
    return this.#pickers[receiver]!.pick(
      offeredBy(this.#source, { receiver, uploader, held: this.#offered }),
    );
  }
}

/** One picker that remembers nothing but what is taken, and works for one peer after the other. */
class SharedPicking implements Picking {
  readonly taken: PieceRows;
  readonly #picker: PiecePicker;
  readonly #source: PickingSource;
  readonly #takenOfPeer;
  readonly #offered;
  #receiver = 0;

  constructor(settings: PickerSettings, source: PickingSource) {
    const { held, neighbours, chance } = source;
    const { pieces } = held;
    this.#source = source;
    this.taken = new PieceRows(held.sizes.length, pieces);
    this.#takenOfPeer = this.taken.row(0);
    this.#offered = held.row(0);
    this.#picker = newPicker(settings, {
      pieces,
      chance,
      place: { taken: this.#takenOfPeer },
      count: (place, counter) => {
        const { members, starts, ends } = neighbours;
        const receiver = this.#receiver;
        counter.addAll(held, place, { members, start: starts[receiver]!, end: ends[receiver]! });
      },
    });
  }

  claimed(peer: number, piece: number): void {
    this.#takenOfPeer.moveTo(peer).add(piece);
  }

  released(peer: number, piece: number): void {
    this.#takenOfPeer.moveTo(peer).delete(piece);
  }

  announced(): void {}

  introduced(): void {}

  forgotten(): void {}

  lost(): void {}

  pick(receiver: number, uploader: number): number {
    this.#receiver = receiver;
    this.#takenOfPeer.moveTo(receiver);
    return this.#picker.pick(offeredBy(this.#source, { receiver, uploader, held: this.#offered }));
  }
}
