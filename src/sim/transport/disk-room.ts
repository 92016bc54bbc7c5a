import { type DeploymentModel, pieceCountOf, roomOf } from '../deployment-model.ts';

/** Whole pieces that the disks of machines take. */
export class DiskRoom {
  /** By number of the machine. */
  readonly #pieces: Uint32Array;

  constructor(model: DeploymentModel) {
    this.#pieces = new Uint32Array(1 + model.machines.length);
    for (let machine = 1; machine < this.#pieces.length; machine++)
      this.#pieces[machine] = Math.min(
        pieceCountOf(model),
        Math.floor(roomOf(model, machine) / model.pieceBytes),
      );
  }

  /** Whether a machine with so many pieces has no room for a further one. */
  isFull(machine: number, pieces: number): boolean {
    return pieces === this.#pieces[machine];
  }
}
