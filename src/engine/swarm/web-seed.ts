import { type FileRange, fetchRange } from '../http/range-client.ts';
import { ProtocolError } from '../protocol-error.ts';
import type { PeerLine } from './peer-line.ts';
import type { RatePath } from './rate-path.ts';
import type { BlockAddress, Message } from './wire/message.ts';
import { encodePieceHeader } from './wire/message-codec.ts';
import { MessageParser, type MessageSink } from './wire/message-parser.ts';

/** Hears what a web seed says: what a peer would. */
export interface WebSeedWatch extends MessageSink {
  /** Called once, whoever ended it. */
  closed(reason: string): void;
}

export interface WebSeedOptions {
  /** Where the bytes of blocks that follow on each other lie. */
  readonly rangesOf: (run: readonly BlockAddress[]) => readonly FileRange[];
  readonly down: RatePath;
  readonly watch: WebSeedWatch;
}

/**
 * A web server that has the image (BEP 19), in the part of a peer that has everything: it takes requests and answers
 * those that follow on each other by one range request, one after the other on a connection that is kept.
 */
export class WebSeed implements PeerLine {
  readonly #options: WebSeedOptions;
  /** What the server sends goes the way of what a peer sends, each block behind its address. */
  readonly #parser: MessageParser;
  readonly #stopped = new AbortController();
  #queue: BlockAddress[] = [];
  #isFetching = false;

  constructor(options: WebSeedOptions) {
    this.#options = options;
    this.#parser = new MessageParser(options.watch, { messageBytes: 0, blockBytes: Number.MAX_SAFE_INTEGER });
  }

  /** Says that it has everything and may be asked for it. */
  offer(): void {
    this.#options.watch.messageReceived({ kind: 'haveAll' });
    this.#options.watch.messageReceived({ kind: 'unchoke' });
  }

  /** Says that it may be asked for no more; what it was asked for it sends. */
  withdraw(): void {
    this.#options.watch.messageReceived({ kind: 'choke' });
  }

  send(message: Message): void {
    if (message.kind === 'request') this.#queue.push(message);
    if (message.kind === 'cancel') this.#queue = this.#queue.filter((block) => !isSame(block, message));
    if (!this.#isFetching) this.#fetchAll();
  }

  sendBehindBlocks(): void {
    // It asks for nothing and is interested in nothing: it is never granted anything that could end.
  }

  /** The same: nothing is sent that was not asked for. */
  sendBlock(_block: BlockAddress, _data: unknown, giveBack: () => void): void {
    giveBack();
  }

  close(reason: string): void {
    if (this.#stopped.signal.aborted) return;
    this.#stopped.abort();
    this.#parser.stop();
    this.#options.watch.closed(reason);
  }

  async #fetchAll(): Promise<void> {
    this.#isFetching = true;
    // Whatever is asked for in this turn goes together.
    await Promise.resolve();
    while (this.#queue.length > 0 && !this.#stopped.signal.aborted) {
      try {
        await this.#fetchRun(takeRun(this.#queue));
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        this.close(error.message);
      }
    }
    this.#isFetching = false;
  }

  async #fetchRun(run: readonly BlockAddress[]): Promise<void> {
    let [place, filled] = [0, 0];
    for await (const chunk of this.#bytesOf(run)) {
      for (let at = 0; at < chunk.length; ) {
        const block = run[place]!;
        if (filled === 0) this.#parser.push(encodePieceHeader(block));
        const taken = Math.min(block.length - filled, chunk.length - at);
        this.#parser.push(chunk.subarray(at, at + taken));
        at += taken;
        filled = (filled + taken) % block.length;
        if (filled === 0) place++;
      }
    }
  }

  async *#bytesOf(run: readonly BlockAddress[]): AsyncGenerator<Uint8Array> {
    for (const range of this.#options.rangesOf(run)) {
      for await (const chunk of fetchRange(range, this.#stopped.signal)) {
        await this.#options.down.carry(chunk.length);
        yield chunk;
      }
    }
  }
}

/** Takes those blocks from the front that follow on each other in one piece. */
function takeRun(queue: BlockAddress[]): BlockAddress[] {
  const isBreak = (block: BlockAddress, place: number): boolean => {
    const before = queue[place - 1];
    return (
      before !== undefined && (block.piece !== before.piece || block.begin !== before.begin + before.length)
    );
  };
  const end = queue.findIndex(isBreak);
  return queue.splice(0, end === -1 ? queue.length : end);
}

function isSame(one: BlockAddress, other: BlockAddress): boolean {
  return one.piece === other.piece && one.begin === other.begin && one.length === other.length;
}
