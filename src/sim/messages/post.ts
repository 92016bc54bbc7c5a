import type { Simulation } from '../kernel/simulation.ts';
import type { Connections } from './connections.ts';
import { MailRing } from './mail-ring.ts';
import { MESSAGE_KINDS, MESSAGE_TRACE, type MessageHandler, type MessageKind } from './message.ts';
import type { MessageSwarmModel } from './message-swarm-model.ts';

/** Bits of a word that hold the kind; those above hold the value. */
const KIND_BITS = 4;
const KIND_MASK = (1 << KIND_BITS) - 1;

/** Carries messages: every one arrives one latency after it was sent, and is read when peers next read. */
export class Post {
  readonly #simulation: Simulation;
  readonly #connections: Connections;
  readonly #latencyS: number;
  readonly #readEveryS: number;
  readonly #mail = new MailRing();
  readonly #reading: number;
  /** By kind. */
  readonly #counts = new Float64Array(MESSAGE_KINDS.length);
  #handlers: readonly MessageHandler[] = [];

  constructor(model: MessageSwarmModel, simulation: Simulation, connections: Connections) {
    this.#simulation = simulation;
    this.#connections = connections;
    this.#latencyS = model.latencyS;
    this.#readEveryS = model.readEveryS;
    this.#reading = simulation.open(() => this.#read());
  }

  /** Who handles messages, by kind. */
  deliverTo(handlers: Readonly<Record<MessageKind, MessageHandler>>): void {
    this.#handlers = MESSAGE_KINDS.map((kind) => handlers[kind]);
  }

  /** Sends a message from this side of a connection to the other. */
  send(side: number, kind: number, value = 0): void {
    const arrivesS = this.#simulation.now + this.#latencyS;
    if (this.#mail.isEmpty) this.#simulation.schedule(this.#reading, this.#readTime(arrivesS));
    this.#mail.add(arrivesS, this.#connections.mirrors[side]!, (value << KIND_BITS) | kind);
  }

  /** Messages that were read, by kind. */
  counts(): Record<MessageKind, number> {
    return Object.fromEntries(MESSAGE_KINDS.map((kind, number) => [kind, this.#counts[number]!])) as Record<
      MessageKind,
      number
    >;
  }

  /** When what arrives then is read; peers begin to read when the first of them has joined. */
  #readTime(arrivesS: number): number {
    const everyS = this.#readEveryS;
    if (everyS === 0) return arrivesS;
    const readS = this.#latencyS + Math.ceil((arrivesS - this.#latencyS) / everyS) * everyS;
    // The sum may have been rounded down by a hair.
    return readS < arrivesS ? readS + everyS : readS;
  }

  #read(): void {
    const mail = this.#mail;
    const { now } = this.#simulation;
    while (!mail.isEmpty && mail.nextArrivalS <= now) {
      const side = mail.nextSide;
      const word = mail.nextWord;
      mail.drop();
      this.#deliver(side, word & KIND_MASK, word >> KIND_BITS);
    }
    if (!mail.isEmpty) this.#simulation.schedule(this.#reading, this.#readTime(mail.nextArrivalS));
  }

  #deliver(side: number, kind: number, value: number): void {
    this.#counts[kind]!++;
    this.#simulation.trace.digest.add(this.#simulation.now, MESSAGE_TRACE + kind, side, value);
    this.#handlers[kind]!(side, value);
  }
}
