/** Memory for work that goes on at the same time: who finds none left waits in turn. */
export class ByteBudget {
  readonly #bytes: number;
  readonly #waiting: { readonly bytes: number; readonly start: () => void }[] = [];
  #freeBytes: number;

  constructor(bytes: number) {
    this.#bytes = bytes;
    this.#freeBytes = bytes;
  }

  /** Does `work` when there are so many bytes for it; work that needs more than there are is done alone. */
  async during<Result>(bytes: number, work: () => Promise<Result>): Promise<Result> {
    const taken = Math.min(bytes, this.#bytes);
    await this.#take(taken);
    try {
      return await work();
    } finally {
      this.#freeBytes += taken;
      this.#startNext();
    }
  }

  #take(bytes: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ bytes, start: resolve });
    this.#startNext();
    return promise;
  }

  #startNext(): void {
    while (this.#waiting.length > 0 && this.#waiting[0]!.bytes <= this.#freeBytes) {
      const { bytes, start } = this.#waiting.shift()!;
      this.#freeBytes -= bytes;
      start();
    }
  }
}
