/** Lets so many machines in at a time; the others wait in line, in the order in which they came. */
export class Admission {
  readonly #most: number;
  readonly #inside = new Set<number>();
  /** By machine: what it does when it is let in. */
  readonly #waiting = new Map<number, () => void>();

  constructor(most: number) {
    this.#most = most;
  }

  /** @param onEntered called at once where there is room */
  enter(machine: number, onEntered: () => void): void {
    this.#waiting.set(machine, onEntered);
    this.#admit();
  }

  /** A machine that is inside, in line or neither goes. */
  leave(machine: number): void {
    this.#waiting.delete(machine);
    if (this.#inside.delete(machine)) this.#admit();
  }

  #admit(): void {
    for (const [machine, onEntered] of this.#waiting) {
      if (this.#inside.size >= this.#most) return;
      this.#waiting.delete(machine);
      this.#inside.add(machine);
      onEntered();
    }
  }
}
