import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type BootFile, MemoryBootFile } from '../../../src/engine/tftp/boot-file.ts';
import { fetchBootFile } from '../../../src/engine/tftp/boot-file-client.ts';
import { BootFileServer, type RefusedRequest } from '../../../src/engine/tftp/boot-file-server.ts';
import { someBytes } from '../an-image.ts';
import { aBootFileServer, HOST, PacketClient } from './a-boot-file-server.ts';

const FUZZED = 5000;

/** No time passes: the server sends nothing again, however long this process waits for a processor. */
function stopTheClock(): void {
  vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
}

/** The test's own time limit is the end of patience. */
async function untilEnded(ended: readonly unknown[], transfers = 1): Promise<void> {
  while (ended.length < transfers) await sleep(10);
}

describe('the boot file server', () => {
  it('answers from a port of its own for each transfer', async () => {
    const { port } = await aBootFileServer({ a: someBytes(10) });
    const ports = new Set([port]);
    for (let transfer = 0; transfer < 3; transfer++) {
      const client = await PacketClient.open();
      client.read('a', port);
      const answer = await client.hear();
      expect(answer.packet).toEqual({ kind: 'data', block: 1, bytes: someBytes(10) });
      ports.add(answer.port);
    }
    expect(ports.size).toBe(4);
  });

  it.each([
    ['/a', 'with a leading slash'],
    ['//a', 'with two'],
  ])('knows a file as %s, %s', async (name) => {
    const { port } = await aBootFileServer({ a: someBytes(10) });
    const client = await PacketClient.open();
    client.read(name, port);
    expect((await client.hear()).packet.kind).toBe('data');
  });

  it.each([
    'none',
    'A',
    '',
    '../../etc/passwd',
    '/etc/passwd',
    '//etc/passwd',
    'a/../a',
    './a',
    'a/',
    '..\\..\\etc\\passwd',
    '%61',
    'constructor',
    '__proto__',
    'x'.repeat(60_000),
  ])('has not found what is not in its catalogue: %j', async (name) => {
    const { port, ended } = await aBootFileServer({ a: someBytes(10) });
    const client = await PacketClient.open();
    client.read(name === '' ? '/' : name, port);
    expect((await client.hear()).packet).toMatchObject({ kind: 'error', code: 1 });
    expect(ended).toEqual([]);
  });

  it('tells of each name that it has not got once for each client', async () => {
    const refusals: RefusedRequest[] = [];
    const { port } = await aBootFileServer(
      { a: someBytes(10) },
      { refused: (request) => refusals.push(request) },
    );
    const client = await PacketClient.open();
    for (const name of ['vmlinuz', 'vmlinuz', 'initrd.img']) {
      client.read(name, port);
      await client.hear();
    }
    expect(refusals).toEqual([
      { client: HOST, file: 'vmlinuz', reason: 'File not found' },
      { client: HOST, file: 'initrd.img', reason: 'File not found' },
    ]);
  });

  it('takes what stands behind a NUL byte for the mode, and refuses that', async () => {
    const { port } = await aBootFileServer({ 'a.efi': someBytes(10), a: someBytes(10) });
    const client = await PacketClient.open();
    client.say(Buffer.from('\0\x01a\0.efi\0octet\0'), port);
    expect((await client.hear()).packet).toMatchObject({ kind: 'error', code: 4 });
  });

  it('cannot be written', async () => {
    const { port } = await aBootFileServer({ a: someBytes(10) });
    const client = await PacketClient.open();
    client.say({ kind: 'write', file: 'a', mode: 'octet', options: new Map() }, port);
    expect((await client.hear()).packet).toMatchObject({ kind: 'error', code: 2 });
  });

  it.each([
    ['netascii', 0],
    ['mail', 4],
  ])('sends nothing in mode %s, and says so', async (mode, code) => {
    const { port } = await aBootFileServer({ a: someBytes(10) });
    const client = await PacketClient.open();
    client.read('a', port, {}, mode);
    expect((await client.hear()).packet).toMatchObject({ kind: 'error', code });
  });

  it('takes it for no failure when firmware asks for the size, declines and asks again from the same port', async () => {
    stopTheClock();
    const { port, ended } = await aBootFileServer({ a: someBytes(5000) });
    const client = await PacketClient.open();
    client.read('a', port, { tsize: '0', blksize: '1468', windowsize: '4' });
    const offered = await client.hear();
    expect(offered.packet).toEqual({
      kind: 'optionAck',
      options: new Map([
        ['tsize', '5000'],
        ['blksize', '1468'],
        ['windowsize', '4'],
      ]),
    });
    client.say({ kind: 'error', code: 8, message: 'User aborted the transfer' }, offered.port);
    await untilEnded(ended);
    expect(ended).toMatchObject([{ file: 'a', outcome: 'declined' }]);
    client.read('a', port, { blksize: '1468', windowsize: '4' });
    const again = await client.hear();
    expect(again.packet.kind).toBe('optionAck');
    client.acknowledge(0, again.port);
    for (const length of [1468, 1468, 1468, 596]) {
      const { packet } = await client.hear();
      expect(packet).toMatchObject({ kind: 'data', bytes: { length } });
    }
    client.acknowledge(4, again.port);
    await untilEnded(ended, 2);
    expect(ended.map(({ outcome }) => outcome)).toEqual(['declined', 'completed']);
  });

  it('begins one transfer for a request that comes twice, and another for one with other options', async () => {
    const { port } = await aBootFileServer({ a: someBytes(5000) });
    const client = await PacketClient.open();
    client.read('a', port, { blksize: '100' });
    client.read('a', port, { blksize: '100' });
    const first = await client.hear();
    const repeated = await client.hear();
    // Sent again by the same transfer, after its time.
    expect(repeated.port).toBe(first.port);
    client.read('a', port, { blksize: '200' });
    let other = await client.hear();
    while (other.port === first.port) other = await client.hear();
    expect(other.packet).toMatchObject({ options: new Map([['blksize', '200']]) });
  });

  it('goes on with a transfer when a copy of its request comes late', async () => {
    stopTheClock();
    const { port, ended } = await aBootFileServer({ a: someBytes(5000) });
    const client = await PacketClient.open();
    client.read('a', port);
    const transfers = new Set<number>();
    for (let block = 1; block <= 10; block++) {
      const { packet, port: transfer } = await client.hear();
      expect(packet).toMatchObject({ kind: 'data', block });
      transfers.add(transfer);
      if (block === 3) client.read('a', port);
      client.acknowledge(block, transfer);
    }
    await untilEnded(ended);
    expect(ended).toMatchObject([{ outcome: 'completed' }]);
    expect(transfers.size).toBe(1);
  });

  it('begins anew for a client that asks the same from the same port after a silence: it was started again', async () => {
    const { port } = await aBootFileServer({ a: someBytes(5000) });
    const client = await PacketClient.open();
    client.read('a', port, { timeout: '30' });
    const before = await client.hear();
    client.acknowledge(0, before.port);
    await client.hear();
    await sleep(3_100);
    client.read('a', port, { timeout: '30' });
    let again = await client.hear();
    // What was sent again meanwhile came from the transfer before.
    while (again.port === before.port) again = await client.hear();
    expect(again.packet.kind).toBe('optionAck');
  });

  it('tells a foreign port that this is not its transfer, and goes on', async () => {
    stopTheClock();
    const { port } = await aBootFileServer({ a: someBytes(1200) });
    const [client, stranger] = [await PacketClient.open(), await PacketClient.open()];
    client.read('a', port);
    const { port: transfer } = await client.hear();
    stranger.acknowledge(1, transfer);
    stranger.say({ kind: 'error', code: 0, message: 'stop' }, transfer);
    stranger.say(Buffer.of(7), transfer);
    expect((await stranger.hear()).packet).toMatchObject({ kind: 'error', code: 5 });
    expect((await stranger.hear()).packet).toMatchObject({ kind: 'error', code: 5 });
    client.acknowledge(1, transfer);
    expect((await client.hear()).packet).toMatchObject({ kind: 'data', block: 2 });
    // The error of the stranger was not answered: two programs could go on for ever.
    expect(stranger.unheard).toBe(0);
  });

  it('sends a block once, however often the one before is acknowledged', async () => {
    stopTheClock();
    const { port, ended } = await aBootFileServer({ a: someBytes(512 * 20) });
    const client = await PacketClient.open();
    client.read('a', port);
    for (let block = 1; block <= 21; block++) {
      const { packet, port: transfer } = await client.hear();
      expect(packet).toMatchObject({ kind: 'data', block });
      for (let copy = 0; copy < 3; copy++) client.acknowledge(block, transfer);
    }
    await untilEnded(ended);
    expect(ended).toMatchObject([{ outcome: 'completed' }]);
    expect(client.unheard).toBe(0);
  });

  it('answers no more than so many at a time, and those first that have shown that they exist', async () => {
    stopTheClock();
    const { port } = await aBootFileServer({ a: someBytes(5000) }, { mostTransfers: 2 });
    const clients = [await PacketClient.open(), await PacketClient.open(), await PacketClient.open()];
    const [first, forged, third] = clients as [PacketClient, PacketClient, PacketClient];
    first.read('a', port);
    const { port: transfer } = await first.hear();
    first.acknowledge(1, transfer);
    await first.hear();
    forged.read('a', port);
    await forged.hear();
    third.read('a', port);
    const { port: thirdTransfer } = await third.hear();
    third.acknowledge(1, thirdTransfer);
    await third.hear();
    forged.read('a', port);
    first.acknowledge(2, transfer);
    expect((await first.hear()).packet).toMatchObject({ kind: 'data', block: 3 });
    expect(forged.unheard).toBe(0);
  });

  it('gives one address a quarter of its places, so that one host cannot hold them all', async () => {
    stopTheClock();
    const { port } = await aBootFileServer({ a: someBytes(5000) }, { mostTransfers: 16 });
    const asked = async (address?: string): Promise<PacketClient> => {
      const client = await PacketClient.open(address);
      client.read('a', port);
      return client;
    };
    for (let transfer = 0; transfer < 4; transfer++) {
      const greedy = await asked();
      greedy.acknowledge(1, (await greedy.hear()).port);
      expect((await greedy.hear()).packet).toMatchObject({ kind: 'data', block: 2 });
    }
    const fifth = await asked();
    const other = await asked('127.0.0.2');
    expect((await other.hear()).packet).toMatchObject({ kind: 'data', block: 1 });
    expect(fifth.unheard).toBe(0);
  });

  it('tells a client when its file cannot be read any more', async () => {
    const { port, ended } = await aBootFileServer({ a: new LostFile() });
    const client = await PacketClient.open();
    client.read('a', port);
    expect((await client.hear()).packet).toMatchObject({ kind: 'error', code: 0 });
    await untilEnded(ended);
    expect(ended).toMatchObject([{ outcome: 'unreadable', reason: 'EIO' }]);
  });

  it('needs its port', async () => {
    const { port } = await aBootFileServer({});
    await expect(BootFileServer.start({ host: HOST, port, files: new Map() })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });

  it('serves by IPv6 as well', async () => {
    const { server } = await aBootFileServer({ a: someBytes(3000) }, { host: '::1' });
    expect(await fetchBootFile({ host: '::1', port: server.port }, 'a')).toEqual(
      new Uint8Array(someBytes(3000)),
    );
  });

  it('breaks off what is running when it is closed', async () => {
    const outcomes: string[] = [];
    const files = new Map([['a', new MemoryBootFile(someBytes(5000))]]);
    const server = await BootFileServer.start({
      host: HOST,
      port: 0,
      files,
      transferEnded: ({ outcome }) => outcomes.push(outcome),
    });
    const [client, late] = [await PacketClient.open(), await PacketClient.open()];
    client.read('a', server.port);
    await client.hear();
    late.read('a', server.port);
    await server.close();
    expect(outcomes[0]).toBe('stopped');
  });

  it(`lives on, whatever comes: ${FUZZED} datagrams to its port and to a transfer`, async () => {
    const { port, source } = await aBootFileServer({ a: someBytes(100_000) });
    const client = await PacketClient.open();
    client.read('a', port);
    const { port: transfer } = await client.hear();
    const stranger = await PacketClient.open();
    const words = fc.constantFrom(
      'a',
      'octet',
      'blksize',
      '8',
      '65464',
      'windowsize',
      'tsize',
      '0',
      '\0',
      '-1',
      'é',
    );
    const request = fc
      .array(words, { maxLength: 12 })
      .map((all) => new Uint8Array(Buffer.from(`\0\x01${all.join('\0')}\0`)));
    const random = fc.uint8Array({ maxLength: 80 });
    const operation = fc.tuple(fc.nat(8), random).map(([number, rest]) => Uint8Array.of(0, number, ...rest));
    const datagram = fc.oneof(random, operation, request);
    await fc.assert(
      fc.asyncProperty(datagram, fc.boolean(), fc.boolean(), async (bytes, isToTransfer, isForeign) => {
        (isForeign ? stranger : client).say(bytes, isToTransfer ? transfer : port);
        await new Promise(setImmediate);
      }),
      { numRuns: FUZZED },
    );
    expect(await fetchBootFile(source, 'a')).toEqual(new Uint8Array(someBytes(100_000)));
  });
});

/** Its disk is gone. */
class LostFile implements BootFile {
  readonly sizeBytes = 1000;

  open() {
    return {
      read: () => false,
      bring: () => Promise.reject(new Error('EIO')),
      close() {},
    };
  }
}
