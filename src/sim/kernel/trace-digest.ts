/** One event: its time, and behind it in words the numbers that name it. */
const clock = new Float64Array(3);
const words = new Int32Array(clock.buffer);

/**
 * A running 64-bit digest of the ordered event trace: two runs with the same digest went the same way, event by event.
 * Two lanes of multiply-and-xor as in MurmurHash3 (Appleby 2011); not for secrets.
 */
export class TraceDigest {
  #low = 0x9e3779b9 | 0;
  #high = 0x85ebca6b | 0;
  #events = 0;

  /** Adds one event: its time [s] and up to three numbers that name it. */
  add(timeS: number, kind: number, first: number, second = 0, third = 0): void {
    clock[0] = timeS;
    words[2] = kind;
    words[3] = first;
    words[4] = second;
    words[5] = third;
    let low = this.#low;
    let high = this.#high;
    for (let place = 0; place < words.length; place++) {
      const word = words[place]!;
      const mixed = Math.imul(low ^ word, 0xcc9e2d51);
      high = Math.imul(high + word, 0x1b873593);
      low = mixed ^ (high >>> 15);
      high = ((high << 13) | (high >>> 19)) ^ mixed;
    }
    this.#low = low;
    this.#high = high;
    this.#events++;
  }

  /** Sixteen hexadecimal digits, and the number of events. */
  toString(): string {
    const word = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');
    return `${word(this.#high)}${word(this.#low)}-${this.#events}`;
  }
}
