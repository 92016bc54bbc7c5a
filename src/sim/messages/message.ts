/** Kinds of messages between two peers (BEP 3). */
export const MESSAGE_KINDS = [
  'handshake',
  'bitfield',
  'interested',
  'notInterested',
  'choke',
  'unchoke',
  'have',
  'request',
  'piece',
] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];

/** The number of each kind. */
export const MESSAGE = Object.fromEntries(MESSAGE_KINDS.map((kind, number) => [kind, number])) as Readonly<
  Record<MessageKind, number>
>;

/** Messages stand behind the events of machines in the numbers of a digest: see `kernel/trace.ts`. */
export const MESSAGE_TRACE = 16;

/**
 * What is done when a message of some kind is read.
 * @param side of the receiver on the connection over which it came
 * @param value the piece of a have, the first block of a request or piece message; 0 for all others
 */
export type MessageHandler = (side: number, value: number) => void;
