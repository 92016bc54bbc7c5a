import { connect, createServer, type Server, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { LinkRate } from '../../../src/engine/link-rate.ts';
import { PeerSocket } from '../../../src/engine/swarm/peer-socket-client.ts';
import { RatePath } from '../../../src/engine/swarm/rate-path.ts';
import { encodeHandshake, HANDSHAKE_BYTES } from '../../../src/engine/swarm/wire/handshake-codec.ts';
import type { BlockAddress, Message } from '../../../src/engine/swarm/wire/message.ts';
import { encodeMessage, encodePieceHeader } from '../../../src/engine/swarm/wire/message-codec.ts';

const HOST = '127.0.0.1';
const HANDSHAKE = {
  infoHash: new Uint8Array(20).fill(1),
  peerId: new Uint8Array(20).fill(2),
  hasFast: true,
  hasExtended: false,
};
const BLOCK = { piece: 1, begin: 0, length: 16_384 };

async function listening(): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  onTestFinished(() => {
    server.close();
  });
  return server;
}

/** Something to wait for that happens on a connection. */
function signal<T>() {
  const { promise, resolve } = Promise.withResolvers<T>();
  return { happened: promise, tell: resolve };
}

/** A connection: our end with all that it heard, and the other end as a bare socket. */
async function aConnection(upBps = Number.POSITIVE_INFINITY, downBps = Number.POSITIVE_INFINITY) {
  const server = await listening();
  const { port } = server.address() as { port: number };
  const accepted = signal<Socket>();
  server.once('connection', accepted.tell);
  const remote = connect({ host: HOST, port });
  remote.on('error', () => {});
  onTestFinished(() => {
    remote.destroy();
  });
  const [shaken, closed, sent] = [signal<void>(), signal<string>(), signal<number>()];
  let taken = 0;
  const unreadable: { block: BlockAddress; reason: string }[] = [];
  let onUnreadable = (): void => {};
  const messages: Message[] = [];
  const blocks: BlockAddress[] = [];
  let onMessage = (_message: Message): void => {};
  const socket: PeerSocket = new PeerSocket(await accepted.happened, {
    handshake: HANDSHAKE,
    limits: { messageBytes: 16_384, blockBytes: 32_768 },
    up: new RatePath([new LinkRate(upBps)]),
    down: new RatePath([new LinkRate(downBps)]),
    watch: {
      handshakeReceived: () => shaken.tell(),
      messageReceived(message) {
        messages.push(message);
        onMessage(message);
      },
      blockAnnounced: () => undefined,
      blockReceived: (block) => blocks.push(block),
      blockSent(bytes) {
        taken++;
        sent.tell(bytes);
      },
      blockUnreadable(block, reason) {
        unreadable.push({ block, reason });
        onUnreadable();
      },
      closed: closed.tell,
    },
  });
  onTestFinished(() => socket.close('the test is over'));
  return {
    remote,
    socket,
    taken: () => taken,
    messages,
    blocks,
    shaken: shaken.happened,
    closed: closed.happened,
    sent: sent.happened,
    unreadable,
    onUnreadable(act: () => void) {
      onUnreadable = act;
    },
    onMessage(hear: (message: Message) => void) {
      onMessage = hear;
    },
  };
}

/** Everything that the other end receives until so many bytes have come. */
async function received(remote: Socket, bytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (let have = 0; have < bytes; ) {
    const part =
      (remote.read() as Buffer | null) ??
      (await new Promise<null>((resolve) => remote.once('readable', () => resolve(null))));
    if (part === null) continue;
    parts.push(part);
    have += part.length;
  }
  return Buffer.concat(parts);
}

describe('a peer socket', () => {
  it('introduces itself, and hears what comes in one chunk with the handshake', async () => {
    const { remote, messages, shaken } = await aConnection();
    remote.write(Buffer.concat([encodeHandshake(HANDSHAKE), encodeMessage({ kind: 'unchoke' })]));
    await shaken;
    expect(messages).toEqual([{ kind: 'unchoke' }]);
  });

  it('is not held up by a slow link before it knows who speaks', async () => {
    // The handshake alone would take this link 68 s.
    const { remote, shaken } = await aConnection(Number.POSITIVE_INFINITY, 1);
    remote.write(encodeHandshake(HANDSHAKE));
    await shaken;
    expect(await received(remote, HANDSHAKE_BYTES)).toEqual(Buffer.from(encodeHandshake(HANDSHAKE)));
  });

  it('takes a handshake that comes byte by byte', async () => {
    const { remote, shaken } = await aConnection();
    remote.setNoDelay(true);
    for (const byte of encodeHandshake(HANDSHAKE)) {
      remote.write(Uint8Array.of(byte));
      await new Promise(setImmediate);
    }
    await shaken;
  });

  it('hangs up on whoever speaks another protocol', async () => {
    const { remote, closed } = await aConnection();
    remote.write('GET / HTTP/1.1\r\nHost: swarm\r\nUser-Agent: somebody who looks for a web site\r\n\r\n');
    expect(await closed).toBe('this is not BitTorrent');
  });

  it('hears nothing more of a chunk once it has hung up', async () => {
    const { remote, socket, messages, blocks, closed, onMessage } = await aConnection();
    onMessage(() => socket.close('enough'));
    const block = Buffer.concat([encodePieceHeader({ ...BLOCK, length: 1 }), Buffer.alloc(1)]);
    const have = encodeMessage({ kind: 'have', piece: 1 });
    remote.write(Buffer.concat([encodeHandshake(HANDSHAKE), have, block, have]));
    expect(await closed).toBe('enough');
    expect({ messages: messages.length, blocks: blocks.length }).toEqual({ messages: 1, blocks: 0 });
  });

  it.each([
    ['as fast as it can', Number.POSITIVE_INFINITY],
    ['over a slow link', 1_000_000],
  ])(
    'sends messages ahead of blocks that wait, and what goes behind them behind them, %s',
    async (_how, upBps) => {
      const { remote, socket } = await aConnection(upBps);
      const data = signal<Uint8Array>();
      socket.sendBlock(BLOCK, data.happened);
      socket.sendBehindBlocks({ kind: 'choke' });
      socket.send({ kind: 'have', piece: 9 });
      data.tell(new Uint8Array(BLOCK.length));
      const bytes = await received(remote, HANDSHAKE_BYTES + 9 + 13 + BLOCK.length + 5);
      const place = (message: Uint8Array) => bytes.indexOf(message, HANDSHAKE_BYTES);
      const have = place(encodeMessage({ kind: 'have', piece: 9 }));
      const block = place(encodePieceHeader(BLOCK));
      expect([have, block]).toEqual([HANDSHAKE_BYTES, HANDSHAKE_BYTES + 9]);
      expect(bytes.subarray(-5)).toEqual(Buffer.from(encodeMessage({ kind: 'choke' })));
    },
  );

  it('leaves out a block that cannot be read, and goes on with what is behind it', async () => {
    const { remote, socket, unreadable, onUnreadable, sent } = await aConnection(1_000_000);
    const given: string[] = [];
    const failed = Promise.reject(new Error('the disk does not answer'));
    onUnreadable(() => socket.sendBehindBlocks({ ...BLOCK, piece: 8, kind: 'reject' }));
    socket.sendBlock(BLOCK, new Uint8Array(BLOCK.length), () => given.push('first'));
    socket.sendBlock({ ...BLOCK, piece: 8 }, failed, () => given.push('unreadable'));
    socket.sendBlock({ ...BLOCK, piece: 9 }, new Uint8Array(BLOCK.length), () => given.push('last'));
    // It has failed while the first is on its way.
    await sent;
    const bytes = await received(remote, HANDSHAKE_BYTES + 2 * (13 + BLOCK.length) + 17);
    const reason = 'the block could not be read: the disk does not answer';
    expect(unreadable).toEqual([{ block: { ...BLOCK, piece: 8 }, reason }]);
    const place = (message: Uint8Array) => bytes.indexOf(message, HANDSHAKE_BYTES);
    const last = HANDSHAKE_BYTES + 13 + BLOCK.length;
    expect(place(encodePieceHeader({ ...BLOCK, piece: 9 }))).toBe(last);
    expect(bytes.subarray(-17)).toEqual(Buffer.from(encodeMessage({ ...BLOCK, piece: 8, kind: 'reject' })));
    expect(given.toSorted()).toEqual(['first', 'last', 'unreadable']);
  });

  it('has no ear for a block that cannot be read once it has hung up', async () => {
    const { socket, closed, unreadable } = await aConnection();
    const data = Promise.withResolvers<Uint8Array>();
    socket.sendBlock(BLOCK, data.promise);
    socket.close('enough');
    data.reject(new Error('the disk does not answer'));
    socket.sendBlock(BLOCK, Promise.reject(new Error('the disk does not answer')));
    expect(await closed).toBe('enough');
    await new Promise(setImmediate);
    expect(unreadable).toEqual([]);
  });

  it('hangs up on a peer that has much said to it and does not read', async () => {
    const { remote, socket, shaken, closed } = await aConnection();
    remote.write(encodeHandshake(HANDSHAKE));
    remote.pause();
    await shaken;
    let isOpen = true;
    closed.then(() => {
      isOpen = false;
    });
    for (let said = 0; isOpen && said < 2 ** 26; said += 10_000) {
      socket.send({ kind: 'extended', id: 1, payload: new Uint8Array(10_000) });
      await new Promise(setImmediate);
    }
    expect(await closed).toBe('it does not read what it is told');
  });

  it('tells of its end once', async () => {
    const { remote, socket, closed } = await aConnection();
    socket.close('first');
    socket.close('second');
    remote.destroy();
    expect(await closed).toBe('first');
  });
});

describe('the patience of a peer socket', () => {
  function withFakeClock(): void {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
  }

  /** Lets the network deliver a little. */
  async function turns(): Promise<void> {
    for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
  }

  /** Lets the network deliver what is under way. */
  async function delivered(remote: Socket, messages: readonly Message[]): Promise<void> {
    const before = messages.length;
    remote.write(encodeMessage({ kind: 'keepAlive' }));
    while (messages.length === before) await new Promise(setImmediate);
  }

  it('ends with a peer that takes ten seconds for its handshake, a byte now and then', async () => {
    withFakeClock();
    const { remote, closed } = await aConnection();
    for (const byte of encodeHandshake(HANDSHAKE).subarray(0, 5)) {
      remote.write(Uint8Array.of(byte));
      vi.advanceTimersByTime(2_000);
      await new Promise(setImmediate);
    }
    expect(await closed).toBe('it did not introduce itself');
  });

  it('ends with a peer that says nothing any more, whatever is said to it', async () => {
    withFakeClock();
    const { remote, socket, shaken, closed } = await aConnection();
    remote.resume();
    remote.write(encodeHandshake(HANDSHAKE));
    await shaken;
    for (let second = 0; second < 150; second++) {
      socket.send({ kind: 'have', piece: second });
      vi.advanceTimersByTime(1_000);
    }
    expect(await closed).toBe('it was silent for too long');
  });

  it.each([
    ['a message that nobody knows', [0, 0, 1, 0, 99]],
    ['a block', [0, 0, 16, 9, 7, 0, 0, 0, 0, 0, 0, 0, 0]],
  ])('ends with a peer that says %s byte by byte, without end', async (_what, start) => {
    withFakeClock();
    const { remote, shaken, closed } = await aConnection();
    remote.write(encodeHandshake(HANDSHAKE));
    await shaken;
    remote.write(Uint8Array.from(start));
    for (let second = 0; second < 165; second++) {
      remote.write(Uint8Array.of(0));
      await turns();
      vi.advanceTimersByTime(1_000);
    }
    expect(await closed).toBe('it was silent for too long');
  });

  it('lasts as long as a long message goes on, be it at a hundred bytes a second', async () => {
    withFakeClock();
    const { remote, messages, shaken, closed } = await aConnection();
    remote.write(encodeHandshake(HANDSHAKE));
    await shaken;
    // Of a kind that nobody knows.
    const message = Buffer.alloc(4 + 16_000, 99);
    message.writeUInt32BE(16_000);
    for (let at = 0; at < message.length; at += 1_500) {
      remote.write(message.subarray(at, at + 1_500));
      await turns();
      vi.advanceTimersByTime(15_000);
    }
    await delivered(remote, messages);
    remote.destroy();
    expect(await closed).toBe('the connection was closed');
  });

  it('ends with a peer that talks and does not read the blocks that it has asked for', async () => {
    withFakeClock();
    const { remote, socket, messages, shaken, closed, taken } = await aConnection();
    remote.pause();
    remote.write(encodeHandshake(HANDSHAKE));
    await shaken;
    // Until neither system takes any more.
    for (let asked = 0; asked - taken() < 4; asked++) {
      socket.sendBlock(BLOCK, new Uint8Array(BLOCK.length));
      for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
    }
    for (let look = 0; look < 9; look++) {
      await delivered(remote, messages);
      vi.advanceTimersByTime(15_000);
    }
    // What it may have taken before the first look counts for that.
    vi.advanceTimersByTime(15_000);
    expect(await closed).toBe('it does not read what it has asked for');
  });

  it('lasts as long as a peer that is slow goes on reading', async () => {
    withFakeClock();
    const { remote, socket, messages, shaken, closed } = await aConnection();
    remote.pause();
    remote.write(encodeHandshake(HANDSHAKE));
    await shaken;
    for (let block = 0; block < 60; block++) socket.sendBlock(BLOCK, new Uint8Array(BLOCK.length));
    for (let round = 0; round < 20; round++) {
      await delivered(remote, messages);
      remote.read(2 * BLOCK.length);
      vi.advanceTimersByTime(15_000);
    }
    socket.close('it lived until here');
    expect(await closed).toBe('it lived until here');
  });

  it('ends with a peer that is refused ten thousand requests behind one block', async () => {
    const { remote, socket, shaken, closed } = await aConnection(1);
    remote.resume();
    remote.write(encodeHandshake(HANDSHAKE));
    await shaken;
    socket.sendBlock(BLOCK, new Uint8Array(BLOCK.length));
    for (let reject = 0; reject < 10_000; reject++) socket.sendBehindBlocks({ kind: 'reject', ...BLOCK });
    socket.sendBehindBlocks({ kind: 'reject', ...BLOCK });
    expect(await closed).toBe('it asks for more than it takes');
  });

  it('lasts as long as a peer says something every two minutes (BEP 3)', async () => {
    withFakeClock();
    const { remote, socket, messages, shaken, closed } = await aConnection();
    remote.resume();
    remote.write(encodeHandshake(HANDSHAKE));
    await shaken;
    for (let round = 0; round < 5; round++) {
      vi.advanceTimersByTime(120_000);
      await delivered(remote, messages);
    }
    socket.close('it lived until here');
    expect(await closed).toBe('it lived until here');
  });
});
