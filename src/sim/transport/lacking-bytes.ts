import { type DeploymentModel, pieceSizeOf } from '../deployment-model.ts';

/** What has to be sent of a piece: all of it, but to machines that came with a part of the image. */
export class LackingBytes {
  readonly #model: DeploymentModel;
  /** By machine and piece, where there are any. */
  #rows: Float64Array[] | undefined;

  constructor(model: DeploymentModel) {
    this.#model = model;
  }

  /** A machine lacks so many bytes of each piece. */
  set(machine: number, lacking: Float64Array): void {
    this.#rows ??= [];
    this.#rows[machine] = lacking;
  }

  of(machine: number, piece: number): number {
    return this.#rows === undefined ? pieceSizeOf(this.#model, piece) : this.#rows[machine]![piece]!;
  }
}
