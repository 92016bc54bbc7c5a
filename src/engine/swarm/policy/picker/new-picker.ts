import type { Chance } from '../chance.ts';
import { PieceSet } from '../piece-set.ts';
import type { CopyCounter } from './copy-counter.ts';
import type { PiecePicker } from './piece-picker.ts';
import { type PickerPlace, RarestPicker } from './rarest-picker.ts';
import { anyPiece, firstPiece, rarestOfRows, UnorderedPicker } from './unordered-picker.ts';

/** Which piece is asked for first, by the names of a scenario. */
export interface PickerSettings {
  readonly picker: 'rarest' | 'sampled' | 'random' | 'sequential';
  /** While fewer pieces than this are held or claimed, any piece is as good (Cohen 2003, section 2.4.3). */
  readonly randomFirst: number;
}

/** What a picker is made from. */
export interface PickerSource {
  readonly pieces: number;
  readonly chance: Chance;
  /** Where it keeps what it knows; places of its own if left out. */
  readonly place?: PickerPlace;
  /** Adds what all neighbours have at a place of their sets; asked by `sampled` alone, and only while it picks. */
  count(place: number, counter: CopyCounter): void;
}

/** The picker of that name. */
export function newPicker({ picker, randomFirst }: PickerSettings, source: PickerSource): PiecePicker {
  const chosen = pickerOf(picker, source);
  return randomFirst === 0 ? chosen : withRandomFirst(chosen, randomFirst, source.chance);
}

function pickerOf(name: PickerSettings['picker'], source: PickerSource): PiecePicker {
  const { pieces, chance, place = {} } = source;
  const { taken = new PieceSet(pieces) } = place;
  switch (name) {
    case 'rarest':
      return new RarestPicker(pieces, chance, place);
    case 'sampled':
      return new UnorderedPicker(
        taken,
        rarestOfRows(chance, (place, counter) => source.count(place, counter)),
      );
    case 'random':
      return new UnorderedPicker(taken, anyPiece(chance));
    case 'sequential':
      return new UnorderedPicker(taken, firstPiece);
  }
}

function withRandomFirst(picker: PiecePicker, randomFirst: number, chance: Chance): PiecePicker {
  const any = anyPiece(chance);
  return {
    isTold: picker.isTold,
    taken: picker.taken,
    announced: (piece) => picker.announced(piece),
    lost: (piece) => picker.lost(piece),
    claimed: (piece) => picker.claimed(piece),
    released: (piece) => picker.released(piece),
    pick: (offered) => (picker.taken.size < randomFirst ? any(offered, picker.taken) : picker.pick(offered)),
  };
}
