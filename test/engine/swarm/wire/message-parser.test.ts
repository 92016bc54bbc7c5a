import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  type Arbitrary,
  array,
  assert,
  nat,
  oneof,
  property,
  record,
  uint8Array,
  uniqueArray,
} from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../../../src/engine/swarm/wire/message.ts';
import { encodeMessage, encodePieceHeader } from '../../../../src/engine/swarm/wire/message-codec.ts';
import { MessageParser, type MessageSink } from '../../../../src/engine/swarm/wire/message-parser.ts';
import { FUZZ_TIMEOUT_MS, UNTIL_TIME_IS_UP } from '../../fuzzing.ts';
import { type Heard, NotingSink } from './a-sink.ts';
import { anyMessage } from './any-message.ts';

const LIMITS = { messageBytes: 300, blockBytes: 200 };

/** A block with its data, as one side sends it. */
interface Piece {
  readonly kind: 'piece';
  readonly piece: number;
  readonly begin: number;
  readonly data: Uint8Array;
}

const anyPiece: Arbitrary<Piece> = record({
  piece: nat(9),
  begin: nat(9),
  data: uint8Array({ maxLength: LIMITS.blockBytes }),
}).map((fields) => ({ kind: 'piece', ...fields }));
const anyStream = array(oneof(anyMessage, anyPiece), { maxLength: 12 });

function encode(item: Message | Piece): Uint8Array {
  if (item.kind !== 'piece') return encodeMessage(item);
  return Buffer.concat([encodePieceHeader({ ...item, length: item.data.length }), item.data]);
}

function addressOf({ piece, begin, data }: Piece) {
  return { piece, begin, length: data.length };
}

/** Only blocks of even pieces are wanted. */
const isWanted = ({ piece }: { piece: number }) => piece % 2 === 0;

function expectedOf(item: Message | Piece): Heard {
  if (item.kind !== 'piece') return item;
  const data = isWanted(item) ? Buffer.from(item.data).toString('hex') : undefined;
  return { block: addressOf(item), data };
}

/** Every chunk is overwritten after it was pushed: nothing of it may be kept. */
function parse(bytes: Uint8Array, cuts: readonly number[], sink: NotingSink): void {
  const parser = new MessageParser(sink, LIMITS);
  const edges = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
  for (let place = 1; place < edges.length; place++) {
    const chunk = Buffer.from(bytes.subarray(edges[place - 1], edges[place]));
    parser.push(chunk);
    chunk.fill(0xee);
  }
}

/** What was heard before the stream turned out to be wrong, and whether it did. */
function outcome(bytes: Uint8Array, cuts: readonly number[]) {
  const sink = new NotingSink(isWanted);
  try {
    parse(bytes, cuts, sink);
    return { heard: sink.heard, isRefused: false };
  } catch (error) {
    expect(error).toMatchObject({ code: 'PROTOCOL' });
    return { heard: sink.heard, isRefused: true };
  }
}

function everyByte(bytes: Uint8Array): number[] {
  return Array.from(bytes, (_, place) => place);
}

/** Length and number of a message that claims so many bytes. */
function headOf(length: number, id: number): Uint8Array {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(length);
  head[4] = id;
  return head;
}

/** Hears everything and keeps nothing. */
const DEAF: MessageSink = {
  messageReceived() {},
  blockAnnounced: () => undefined,
  blockReceived() {},
};

/** How often, and until when, we look whether memory was freed. */
const COLLECTION = { interval: 100, timeout: 30_000 };

/** Bytes in array buffers after a collection; it may free them a little later, in the background. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().arrayBuffers;
}

/** Bytes of all kinds: noise, heads that promise something, whole messages, and these with one byte changed. */
const anyBytes: Arbitrary<Uint8Array> = array(
  oneof(
    uint8Array({ maxLength: 30 }),
    record({ length: oneof(nat(20), nat(400)), id: nat(21) }).map(({ length, id }) => headOf(length, id)),
    oneof(anyMessage, anyPiece).map(encode),
    record({ item: oneof(anyMessage, anyPiece), place: nat(), value: nat(255) }).map(
      ({ item, place, value }) => {
        const bytes = Uint8Array.from(encode(item));
        bytes[place % bytes.length] = value;
        return bytes;
      },
    ),
  ),
  { maxLength: 8 },
).map((parts) => Buffer.concat(parts));

describe('the message parser', () => {
  it('hears every message in its order and puts wanted data in its place, in whatever way the stream is cut', () => {
    assert(
      property(anyStream, uniqueArray(nat(3000), { maxLength: 20 }), (items, cuts) => {
        const sink = new NotingSink(isWanted);
        parse(Buffer.concat(items.map(encode)), cuts, sink);
        expect(sink.heard).toEqual(items.map(expectedOf));
      }),
      { numRuns: 300 },
    );
  });

  it('hears the same byte by byte', () => {
    assert(
      property(anyStream, (items) => {
        const bytes = Buffer.concat(items.map(encode));
        expect(outcome(bytes, everyByte(bytes)).heard).toEqual(items.map(expectedOf));
      }),
    );
  });

  it('says nothing of a message that is not there as a whole, and says it with the last byte', () => {
    assert(
      property(oneof(anyMessage, anyPiece), (item) => {
        const bytes = encode(item);
        const sink = new NotingSink(isWanted);
        const parser = new MessageParser(sink, LIMITS);
        parser.push(bytes.subarray(0, -1));
        expect(sink.heard).toEqual([]);
        parser.push(bytes.subarray(-1));
        expect(sink.heard).toEqual([expectedOf(item)]);
      }),
    );
  });

  it('asks for the place of a block before its data is there', () => {
    const sink = new NotingSink();
    const parser = new MessageParser(sink, LIMITS);
    const block = { piece: 1, begin: 2, length: 100 };
    parser.push(encodePieceHeader(block));
    expect(sink.announced).toEqual([block]);
    expect(sink.heard).toEqual([]);
  });

  it('throws away the data of a block that nobody asked for and goes on behind it', () => {
    const sink = new NotingSink(() => false);
    const data = encodeMessage({ kind: 'have', piece: 3 });
    const bytes = [encode({ kind: 'piece', piece: 1, begin: 0, data }), encodeMessage({ kind: 'choke' })];
    new MessageParser(sink, LIMITS).push(Buffer.concat(bytes));
    expect(sink.heard).toEqual([
      { block: { piece: 1, begin: 0, length: data.length }, data: undefined },
      { kind: 'choke' },
    ]);
  });

  it('takes a block without data', () => {
    const sink = new NotingSink();
    const bytes = encodePieceHeader({ piece: 1, begin: 2, length: 0 });
    new MessageParser(sink, LIMITS).push(bytes);
    expect(sink.heard).toEqual([{ block: { piece: 1, begin: 2, length: 0 }, data: '' }]);
  });

  it('passes over messages whose number it does not know', () => {
    const sink = new NotingSink();
    const port = Buffer.concat([headOf(3, 9), Uint8Array.of(0x1a, 0xe1)]);
    new MessageParser(sink, LIMITS).push(Buffer.concat([port, headOf(1, 200), headOf(1, 0)]));
    expect(sink.heard).toEqual([{ kind: 'choke' }]);
  });

  it('takes messages and blocks of exactly the longest length', () => {
    const sink = new NotingSink();
    const parser = new MessageParser(sink, LIMITS);
    const bits = new Uint8Array(LIMITS.messageBytes - 1).fill(1);
    const data = new Uint8Array(LIMITS.blockBytes).fill(1);
    parser.push(
      Buffer.concat([
        encodeMessage({ kind: 'bitfield', bits }),
        encode({ kind: 'piece', piece: 0, begin: 0, data }),
      ]),
    );
    expect(sink.heard).toHaveLength(2);
  });

  it.each([
    ['a bitfield', LIMITS.messageBytes + 1, 5],
    ['a message of an unknown number', LIMITS.messageBytes + 1, 200],
    ['a block', 9 + LIMITS.blockBytes + 1, 7],
    ['the greatest length there is', 0xffff_ffff, 20],
    ['a block without an address', 8, 7],
    ['a block without anything', 1, 7],
  ])(
    'refuses %s that is too long or too short as soon as length and number are there',
    (_name, length, id) => {
      const head = headOf(length, id);
      expect(outcome(head, []).isRefused).toBe(true);
      expect(outcome(head, everyByte(head)).isRefused).toBe(true);
      // The same with bytes behind it, when it is read where it lies.
      expect(outcome(Buffer.concat([head, new Uint8Array(40)]), []).isRefused).toBe(true);
    },
  );

  it('hears nothing more after it was stopped, not even the rest of the chunk', () => {
    const heard: Message[] = [];
    const parser: MessageParser = new MessageParser(
      {
        ...DEAF,
        messageReceived(message) {
          heard.push(message);
          parser.stop();
        },
      },
      LIMITS,
    );
    parser.push(Buffer.concat([encodeMessage({ kind: 'choke' }), encodeMessage({ kind: 'unchoke' })]));
    parser.push(encodeMessage({ kind: 'interested' }));
    expect(heard).toEqual([{ kind: 'choke' }]);
  });

  it('needs no memory for what a peer only claims to send', async () => {
    const parsers = Array.from(
      { length: 200 },
      () => new MessageParser(new NotingSink(), { messageBytes: 2 ** 20, blockBytes: 2 ** 20 }),
    );
    const before = heldBytes();
    for (const parser of parsers) parser.push(headOf(2 ** 20, 5));
    await expect.poll(() => heldBytes() - before, COLLECTION).toBeLessThan(2 ** 20);
    expect(parsers).toHaveLength(200);
  });

  it('frees the memory of a long message when it is over', async () => {
    const bitfield = encodeMessage({ kind: 'bitfield', bits: new Uint8Array(2 ** 20 - 1) });
    const limits = { messageBytes: 2 ** 20, blockBytes: 2 ** 14 };
    const parsers = Array.from({ length: 20 }, () => new MessageParser(DEAF, limits));
    const before = heldBytes();
    for (const parser of parsers) {
      parser.push(bitfield.subarray(0, 1000));
      parser.push(bitfield.subarray(1000));
    }
    await expect.poll(() => heldBytes() - before, COLLECTION).toBeLessThan(parsers.length * 2 ** 19);
  });

  it('hears the same of any bytes in whatever way they are cut, and throws nothing but a mistake of the remote', {
    timeout: FUZZ_TIMEOUT_MS,
  }, () => {
    assert(
      property(anyBytes, uniqueArray(nat(600), { maxLength: 12 }), (bytes, cuts) => {
        const whole = outcome(bytes, []);
        expect(outcome(bytes, cuts)).toEqual(whole);
        expect(outcome(bytes, everyByte(bytes))).toEqual(whole);
      }),
      UNTIL_TIME_IS_UP,
    );
  });
});
