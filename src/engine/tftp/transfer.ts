import { BLOCK_NUMBERS, ERROR_CODE } from './packet.ts';
import { RoundTrip } from './round-trip.ts';
import type { EmitEffect, TransferOutcome } from './transfer-effect.ts';
import type { TransferEvent } from './transfer-event.ts';
import type { TransferTerms } from './transfer-terms.ts';

/** A client that answered once may be busy for a while. */
const GIVE_UP_MS = 30_000;
/** One that never answered may not exist: an address can be forged. */
const GIVE_UP_ON_UNKNOWN_MS = 8_000;
/** Where the client has asked for a timeout, so many of them pass before it is given up. */
const [TIMEOUTS, TIMEOUTS_OF_UNKNOWN] = [5, 2];

/**
 * One file on its way to one client, without sockets and clock: events in, effects out.
 *
 * An acknowledgement that is repeated costs nothing where each block is acknowledged (Sorcerer's apprentice, RFC 1123,
 * 4.2.3.1): only silence makes us send again. In windows (RFC 7440) a client repeats its last acknowledgement where the
 * first block of a window is lost. That is believed once for a window, not sooner than an answer can be there, and only
 * where the window before came through whole; so a datagram that the network doubles never doubles what follows.
 */
export class Transfer {
  readonly #terms: TransferTerms;
  /** The last one is shorter than the others, if need be empty. */
  readonly #blocks: number;
  readonly #roundTrip: RoundTrip;
  readonly #emit: EmitEffect;
  #phase: 'new' | 'options' | 'data' | 'over' = 'new';
  /** Blocks that the client has. */
  #acknowledged = 0;
  /** The last block that was sent. */
  #sent = 0;
  #sentAtMs = 0;
  #heardAtMs = 0;
  #hasHeard = false;
  /** True where an answer may be one to what was sent before. */
  #isRepeat = false;
  #isRepetitionBelieved = false;

  constructor(terms: TransferTerms, sizeBytes: number, emit: EmitEffect) {
    this.#terms = terms;
    this.#blocks = Math.floor(sizeBytes / terms.blockBytes) + 1;
    this.#roundTrip = new RoundTrip(terms.timeoutMs);
    this.#emit = emit;
  }

  /** The client has shown that it is there. */
  get hasHeard(): boolean {
    return this.#hasHeard;
  }

  /** How long the client takes to answer at its quickest; undefined before it has answered [ms]. */
  get shortestAnswerMs(): number | undefined {
    return this.#hasHeard ? this.#roundTrip.shortestMs : undefined;
  }

  handle(event: TransferEvent): void {
    if (this.#phase === 'over') return;
    switch (event.kind) {
      case 'begun':
        return this.#begin(event.atMs);
      case 'acknowledged':
        return this.#phase === 'data' ? this.#blockAcknowledged(event) : this.#optionsAcknowledged(event);
      case 'errorReceived':
        return this.#finish(this.#acknowledged === 0 ? 'declined' : 'broken');
      case 'readFailed':
        this.#emit({ kind: 'sendError', code: ERROR_CODE.OTHER, message: 'The file cannot be read' });
        return this.#finish('unreadable');
      case 'stopped':
        return this.#finish('stopped');
      case 'clockTicked':
        return this.#clockTicked(event.atMs);
    }
  }

  #begin(atMs: number): void {
    this.#phase = this.#terms.accepted.size > 0 ? 'options' : 'data';
    this.#heardAtMs = atMs;
    this.#send(atMs);
  }

  #optionsAcknowledged({ block, atMs }: Acknowledgement): void {
    if (block !== 0) return;
    this.#phase = 'data';
    this.#heard(atMs);
    this.#sendNew(atMs);
  }

  #blockAcknowledged({ block, atMs }: Acknowledgement): void {
    const ahead = (block - this.#acknowledged) & (BLOCK_NUMBERS - 1);
    const onTheirWay = this.#sent - this.#acknowledged;
    if (ahead === 0) return this.#acknowledgedAgain(atMs);
    // From before, or from nowhere.
    if (ahead > onTheirWay) return;
    this.#acknowledged += ahead;
    this.#heard(atMs);
    if (this.#acknowledged === this.#blocks) return this.#finish('completed');
    if (ahead === onTheirWay) return this.#sendNew(atMs);
    // The block after this one was lost (RFC 7440, 4).
    if (this.#canBeAnswered(atMs)) this.#sendAgain(atMs);
  }

  #acknowledgedAgain(atMs: number): void {
    if (this.#isRepetitionBelieved && this.#canBeAnswered(atMs)) this.#sendAgain(atMs);
  }

  /** What comes sooner is about what was sent before. */
  #canBeAnswered(atMs: number): boolean {
    return atMs - this.#sentAtMs >= this.#roundTrip.shortestMs / 2;
  }

  #heard(atMs: number): void {
    if (!this.#isRepeat) this.#roundTrip.measured(atMs - this.#sentAtMs);
    this.#roundTrip.answered();
    this.#heardAtMs = atMs;
    this.#hasHeard = true;
  }

  #clockTicked(atMs: number): void {
    if (atMs - this.#sentAtMs < this.#roundTrip.timeoutMs) return;
    if (atMs - this.#heardAtMs >= this.#giveUpMs()) return this.#finish('silent');
    this.#roundTrip.silent();
    this.#sendAgain(atMs);
  }

  #giveUpMs(): number {
    const { timeoutMs = 0 } = this.#terms;
    if (this.#hasHeard) return Math.max(GIVE_UP_MS, TIMEOUTS * timeoutMs);
    return Math.max(GIVE_UP_ON_UNKNOWN_MS, TIMEOUTS_OF_UNKNOWN * timeoutMs);
  }

  /** What was sent before has arrived. */
  #sendNew(atMs: number): void {
    this.#isRepetitionBelieved = this.#terms.windowBlocks > 1;
    this.#isRepeat = false;
    this.#send(atMs);
  }

  #sendAgain(atMs: number): void {
    this.#isRepetitionBelieved = false;
    this.#isRepeat = true;
    this.#send(atMs);
  }

  #send(atMs: number): void {
    this.#sentAtMs = atMs;
    if (this.#phase === 'options') {
      this.#emit({ kind: 'sendOptionAck', options: this.#terms.accepted });
      return;
    }
    const count = Math.min(this.#terms.windowBlocks, this.#blocks - this.#acknowledged);
    this.#sent = this.#acknowledged + count;
    this.#emit({ kind: 'sendBlocks', first: this.#acknowledged + 1, count });
  }

  #finish(outcome: TransferOutcome): void {
    this.#phase = 'over';
    this.#emit({ kind: 'finish', outcome });
  }
}

interface Acknowledgement {
  readonly block: number;
  readonly atMs: number;
}
