import type { BlockAddress, Message } from '../../../../src/engine/swarm/wire/message.ts';
import type { MessageSink } from '../../../../src/engine/swarm/wire/message-parser.ts';

/** What a sink has heard, in its order; the data of a block as hex, or `undefined` where it had no place. */
export type Heard = Message | { readonly block: BlockAddress; readonly data: string | undefined };

/** Notes all that a parser finds, and gives a place to the blocks that it is told to want. */
export class NotingSink implements MessageSink {
  readonly heard: Heard[] = [];
  /** Addresses of the blocks that were announced and have not come yet. */
  readonly announced: BlockAddress[] = [];
  readonly #wants: (block: BlockAddress) => boolean;
  #place: Uint8Array | undefined;

  constructor(wants: (block: BlockAddress) => boolean = () => true) {
    this.#wants = wants;
  }

  messageReceived(message: Message): void {
    this.heard.push(message);
  }

  blockAnnounced(block: BlockAddress): Uint8Array | undefined {
    this.announced.push(block);
    this.#place = this.#wants(block) ? new Uint8Array(block.length) : undefined;
    return this.#place;
  }

  blockReceived(block: BlockAddress): void {
    this.heard.push({ block, data: this.#place && Buffer.from(this.#place).toString('hex') });
  }
}
