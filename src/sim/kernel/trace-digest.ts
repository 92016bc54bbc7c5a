const clock = new Float64Array(1);
const clockWords = new Uint32Array(clock.buffer);

/**
 * A running 64-bit digest of the ordered event trace: two runs with the same digest went the same way, event by event.
 * Two lanes of multiply-and-xor as in MurmurHash3 (Appleby 2011); not for secrets.
 */
export class TraceDigest {
  #low = 0x9e3779b9;
  #high = 0x85ebca6b;
  #events = 0;

  /** Adds one event: its time [s] and up to three numbers that name it. */
  add(timeS: number, kind: number, first: number, second = 0, third = 0): void {
    clock[0] = timeS;
    this.#events++;
    this.#mix(clockWords[0]!);
    this.#mix(clockWords[1]!);
    this.#mix(kind);
    this.#mix(first);
    this.#mix(second);
    this.#mix(third);
  }

  /** Sixteen hexadecimal digits, and the number of events. */
  toString(): string {
    const word = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');
    return `${word(this.#high)}${word(this.#low)}-${this.#events}`;
  }

  #mix(word: number): void {
    const low = Math.imul(this.#low ^ word, 0xcc9e2d51);
    const high = Math.imul(this.#high + word, 0x1b873593);
    this.#low = (low ^ (high >>> 15)) | 0;
    this.#high = (((high << 13) | (high >>> 19)) ^ low) | 0;
  }
}
