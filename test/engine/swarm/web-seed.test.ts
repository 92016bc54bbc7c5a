import { describe, expect, it, onTestFinished } from 'vitest';
import { LinkRate } from '../../../src/engine/link-rate.ts';
import { fileRangesOf } from '../../../src/engine/swarm/file-ranges.ts';
import { RatePath } from '../../../src/engine/swarm/rate-path.ts';
import { WebSeed } from '../../../src/engine/swarm/web-seed.ts';
import type { BlockAddress } from '../../../src/engine/swarm/wire/message.ts';
import { someBytes } from '../an-image.ts';
import { aWebServer } from './a-web-server.ts';
import { type Heard, NotingSink } from './wire/a-sink.ts';

const BLOCK = 16_384;
const PIECE = 4 * BLOCK;
const IMAGE = someBytes(3 * PIECE);

function block(piece: number, place: number): BlockAddress {
  return { piece, begin: place * BLOCK, length: BLOCK };
}

async function aWebSeed(downBps = Number.POSITIVE_INFINITY) {
  const { url, asked } = await aWebServer(new Map([['/image', IMAGE]]));
  const sink = new NotingSink();
  const reasons: string[] = [];
  const arrived = Promise.withResolvers<void>();
  let awaited = 0;
  const seed = new WebSeed({
    rangesOf(run) {
      const place = { offset: run[0]!.piece * PIECE + run[0]!.begin, length: run.length * BLOCK };
      return fileRangesOf({ files: [{ path: ['image'], bytes: IMAGE.length }] }, `${url}/image`, place);
    },
    down: new RatePath([new LinkRate(downBps)]),
    watch: {
      messageReceived: (message) => sink.messageReceived(message),
      blockAnnounced: (address) => sink.blockAnnounced(address),
      blockReceived(address) {
        sink.blockReceived(address);
        if (--awaited === 0) arrived.resolve();
      },
      closed: (reason) => reasons.push(reason),
    },
  });
  onTestFinished(() => seed.close('the test is over'));
  return {
    url,
    seed,
    sink,
    asked,
    reasons,
    request(...blocks: BlockAddress[]) {
      awaited = blocks.length;
      for (const address of blocks) seed.send({ kind: 'request', ...address });
    },
    arrived: arrived.promise,
  };
}

function heardOf(address: BlockAddress): Heard {
  const start = address.piece * PIECE + address.begin;
  const { piece, begin, length } = address;
  return { block: { piece, begin, length }, data: IMAGE.subarray(start, start + BLOCK).toString('hex') };
}

describe('a web seed', () => {
  it('says that it has everything and may be asked, and later that it may not', async () => {
    const { seed, sink } = await aWebSeed();
    seed.offer();
    seed.withdraw();
    expect(sink.heard).toEqual([{ kind: 'haveAll' }, { kind: 'unchoke' }, { kind: 'choke' }]);
  });

  it('fetches blocks that follow on each other in a piece together, others one after the other', async () => {
    const { sink, asked, request, arrived } = await aWebSeed();
    const blocks = [block(0, 2), block(0, 3), block(1, 0), block(1, 1), block(1, 3), block(0, 0)];
    request(...blocks);
    await arrived;
    expect(sink.heard).toEqual(blocks.map(heardOf));
    expect(asked).toEqual([
      `/image ${2 * BLOCK}-${4 * BLOCK - 1}`,
      `/image ${4 * BLOCK}-${6 * BLOCK - 1}`,
      `/image ${7 * BLOCK}-${8 * BLOCK - 1}`,
      `/image 0-${BLOCK - 1}`,
    ]);
  });

  it('does not fetch what is cancelled before its turn', async () => {
    const { seed, asked, request, arrived } = await aWebSeed();
    request(block(0, 0), block(1, 0));
    seed.send({ kind: 'request', ...block(2, 0) });
    seed.send({ kind: 'cancel', ...block(2, 0) });
    await arrived;
    seed.send({ kind: 'request', ...block(0, 3) });
    while (asked.length < 3) await new Promise(setImmediate);
    expect(asked[2]).toBe(`/image ${3 * BLOCK}-${4 * BLOCK - 1}`);
  });

  it('is no faster than the link', async () => {
    const { request, arrived } = await aWebSeed(1_000_000);
    const startMs = performance.now();
    request(block(0, 0), block(0, 1), block(0, 2));
    await arrived;
    expect(performance.now() - startMs).toBeGreaterThanOrEqual((3 * BLOCK) / 1_000);
  });

  it('tells of its end once, and of nothing after it', async () => {
    const { seed, sink, asked, reasons, request, url } = await aWebSeed();
    request(block(0, 0));
    seed.close('first');
    seed.close('second');
    await (await fetch(`${url}/image`)).arrayBuffer();
    expect(asked).toHaveLength(1);
    expect(reasons).toEqual(['first']);
    expect(sink.heard).toEqual([]);
  });
});
