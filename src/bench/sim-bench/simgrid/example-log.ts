import type { MessageKind } from '../../../sim/index.ts';

/** Format of the log that `ExampleLog` reads: virtual time, a space and text. */
export const LOG_FORMAT = '%r%e%m%n';

/** What the example calls each kind of message. */
const KINDS: Readonly<Record<string, MessageKind>> = {
  HANDSHAKE: 'handshake',
  BITFIELD: 'bitfield',
  INTERESTED: 'interested',
  NOTINTERESTED: 'notInterested',
  CHOKE: 'choke',
  UNCHOKE: 'unchoke',
  HAVE: 'have',
  REQUEST: 'request',
  PIECE: 'piece',
};

/** What happened in a run of the example, by its debug log, line by line. */
export class ExampleLog {
  /** Messages that peers received, by kind. */
  readonly messages: Partial<Record<MessageKind, number>> = {};
  /** When the last peer had everything [virtual s]; 0 if none had. */
  makespanS = 0;
  /** Peers that had everything at the end, the seeder among them. */
  finished = 0;

  read(line: string): void {
    const received = /^ *\S+ Received a ([A-Z]+) message/.exec(line);
    if (received) return this.#count(received[1]!);
    const done = /^ *(\S+) \d+ becomes a seeder$/.exec(line);
    if (done) this.makespanS = Number(done[1]);
    else if (/Here is my current status: 1+$/.test(line)) this.finished++;
  }

  #count(name: string): void {
    const kind = KINDS[name];
    if (kind) this.messages[kind] = (this.messages[kind] ?? 0) + 1;
  }
}
