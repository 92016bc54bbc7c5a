/** Copies that a byte can count. */
const FEW_COPIES = 255;
const MANY_COPIES = 65_535;

/** The pieces of pickers in the order of each, a row for every picker. */
export class PieceShelf {
  readonly pieces: number;
  /** By row and piece: how many neighbours have it. Bytes as long as these can count that far. */
  copies: Uint8Array | Uint16Array;
  /** The most that `copies` can hold. */
  mostCopies = FEW_COPIES;
  /** Pieces by row and place, and the place of each by row and piece. */
  readonly order: Uint16Array | Uint32Array;
  readonly places: Uint16Array | Uint32Array;

  constructor(rows: number, pieces: number) {
    const size = rows * pieces;
    this.pieces = pieces;
    this.copies = new Uint8Array(size);
    this.order = pieces < 0xffff ? new Uint16Array(size) : new Uint32Array(size);
    this.places = pieces < 0xffff ? new Uint16Array(size) : new Uint32Array(size);
    for (let at = 0; at < size; at++) {
      this.order[at] = at % pieces;
      this.places[at] = at % pieces;
    }
  }

  countFarther(): void {
    this.copies = Uint16Array.from(this.copies);
    this.mostCopies = MANY_COPIES;
  }
}
