import type { BlockAddress, Message } from './wire/message.ts';

/** Somebody who can be told messages and sent blocks: a peer at the other end of a socket, or what stands for one. */
export interface PeerLine {
  /** Goes ahead of blocks that have not left. */
  send(message: Message): void;
  sendBehindBlocks(message: Message): void;
  /** @param giveBack called once, when the data is needed no more: it has left, or never will */
  sendBlock(block: BlockAddress, data: Promise<Uint8Array> | Uint8Array, giveBack: () => void): void;
  /** Its watch hears of the end, once. */
  close(reason: string): void;
}
