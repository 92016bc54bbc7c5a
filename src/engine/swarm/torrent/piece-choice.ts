import type { PiecePicker } from '../policy/picker/piece-picker.ts';
import type { Neighbour } from './neighbour.ts';
import type { Offers } from './offers.ts';
import type { OpenPieces } from './open-pieces.ts';
import type { PartialPiece } from './partial-piece.ts';
import type { EmitEffect } from './swarm-effect.ts';

/** What there is to choose from. */
export interface Choices {
  readonly open: OpenPieces;
  readonly offers: Offers;
  readonly picker: PiecePicker;
  readonly neighbours: ReadonlyMap<number, Neighbour>;
  readonly emit: EmitEffect;
}

/** Which piece a peer is asked for: one that is begun, then the rarest, then what others have not sent yet. */
export class PieceChoice {
  readonly #choices: Choices;

  constructor(choices: Choices) {
    this.#choices = choices;
  }

  /** Begins a piece where need be. */
  next(neighbour: Neighbour): PartialPiece | undefined {
    const { open, offers, picker } = this.#choices;
    if (neighbour.wantedPieces === 0) return offers.wanted.size === 0 ? this.late(neighbour) : undefined;
    const begun = open.firstFree(neighbour.open);
    if (begun || !this.#hasRoomFor(neighbour)) return begun;
    const piece = picker.pick(neighbour.open);
    return piece === -1 ? undefined : open.begin(piece);
  }

  /** Nothing is left that nobody was asked for (end game). */
  late({ open, asked }: Neighbour): PartialPiece | undefined {
    return this.#choices.open.firstLate(open, asked);
  }

  /** Whether a further piece may be begun with it: if need be instead of one that nobody can go on with. */
  #hasRoomFor(neighbour: Neighbour): boolean {
    const { open, neighbours, emit } = this.#choices;
    if (!open.isFullFor(neighbour)) return true;
    const all = [...neighbours.values()];
    const forsaken = open.firstForsaken((piece) => all.some((other) => other.open.has(piece)));
    if (forsaken === undefined) return false;
    open.discard(forsaken);
    emit({ kind: 'abandonPiece', piece: forsaken });
    return true;
  }
}
