import { assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  FixedPipeline,
  MeasuredPipeline,
  type RequestPipeline,
} from '../../../../src/engine/swarm/policy/request-pipeline.ts';

const BLOCK_BYTES = 16_384;
const BOUNDS = { blockBytes: BLOCK_BYTES, least: 2, most: 1000 };

interface Connection {
  readonly rateBps: number;
  /** From a request to its first byte, where nothing is in the way [ms]. */
  readonly delayMs: number;
  /** Blocks of one unchoke; then the connection falls idle and begins anew. */
  readonly grantBlocks: number;
}

/** A connection that brings blocks one after the other. @returns time over that of the blocks alone, and the depths */
function download(pipeline: RequestPipeline, connection: Connection, grants: number) {
  const blockMs = (BLOCK_BYTES / connection.rateBps) * 1000;
  const depths: number[] = [];
  let nowMs = 1000;
  let lineFreeMs = 0;
  for (let grant = 0; grant < grants; grant++) {
    const arrivals: { beginsMs: number; endsMs: number }[] = [];
    let asked = 0;
    const ask = () => {
      while (asked < connection.grantBlocks && arrivals.length < pipeline.depth) {
        pipeline.requested(arrivals.length, nowMs);
        const beginsMs = Math.max(lineFreeMs, nowMs + connection.delayMs);
        lineFreeMs = beginsMs + blockMs;
        arrivals.push({ beginsMs, endsMs: lineFreeMs });
        asked++;
      }
    };
    ask();
    while (arrivals.length > 0) {
      const { beginsMs, endsMs } = arrivals[0]!;
      nowMs = beginsMs;
      pipeline.began(nowMs);
      nowMs = endsMs;
      arrivals.shift();
      pipeline.received(BLOCK_BYTES, nowMs);
      depths.push(pipeline.depth);
      ask();
    }
    nowMs += 50;
  }
  return { tookMs: nowMs - 1000 - 50 * grants, blocksMs: blockMs * grants * connection.grantBlocks, depths };
}

const onTheWay = ({ rateBps, delayMs }: Connection) => (rateBps * delayMs) / 1000 / BLOCK_BYTES;

describe('measured pipeline', () => {
  it.each([
    ['a lab', { rateBps: 3.125e6, delayMs: 1, grantBlocks: 64 }],
    ['a line of one block and a bit', { rateBps: 1e6, delayMs: 21.3, grantBlocks: 64 }],
    ['a fast LAN', { rateBps: 112e6, delayMs: 0.3, grantBlocks: 64 }],
    ['a slow WAN', { rateBps: 0.6e6, delayMs: 80, grantBlocks: 64 }],
    ['a fast WAN', { rateBps: 60e6, delayMs: 60, grantBlocks: 4096 }],
  ] as const)('keeps the line of %s full, with few blocks more than fit on it', (_what, connection) => {
    const pipeline = new MeasuredPipeline(BOUNDS);
    download(pipeline, connection, 20);
    const { tookMs, blocksMs, depths } = download(pipeline, connection, 10);
    expect((tookMs - 10 * connection.delayMs) / blocksMs).toBeLessThan(1.02);
    expect(Math.max(...depths)).toBeLessThanOrEqual(Math.ceil(2 * (onTheWay(connection) + 1)));
    expect(Math.max(...depths)).toBeGreaterThanOrEqual(onTheWay(connection));
  });

  it('does not count its own queue: it settles, whatever the connection is like', () => {
    assert(
      property(
        integer({ min: 1, max: 1000 }),
        integer({ min: 0, max: 200 }),
        integer({ min: 1, max: 300 }),
        (rate, delayMs, grantBlocks) => {
          const connection = { rateBps: rate * 1e5, delayMs, grantBlocks };
          const pipeline = new MeasuredPipeline({ ...BOUNDS, most: 100_000 });
          const { depths } = download(pipeline, connection, 50);
          expect(Math.max(...depths)).toBeLessThanOrEqual(Math.ceil(1.51 * (onTheWay(connection) + 1)));
        },
      ),
    );
  });

  it('stays within its bounds', () => {
    const long = { rateBps: 100e6, delayMs: 200, grantBlocks: 500 };
    const { depths } = download(new MeasuredPipeline({ ...BOUNDS, least: 5, most: 40 }), long, 10);
    expect(new Set(depths).has(40)).toBe(true);
    expect(Math.max(...depths)).toBe(40);
    const short = { rateBps: 1e6, delayMs: 0, grantBlocks: 50 };
    expect(Math.min(...download(new MeasuredPipeline({ ...BOUNDS, least: 5 }), short, 10).depths)).toBe(5);
  });

  it('begins with the least before anything was measured', () => {
    const pipeline = new MeasuredPipeline({ ...BOUNDS, least: 8 });
    expect(pipeline.depth).toBe(8);
    pipeline.requested(0, 0);
    expect(pipeline.depth).toBe(8);
  });

  it('follows a connection that becomes slower and faster', () => {
    const pipeline = new MeasuredPipeline(BOUNDS);
    const [fast, slow] = [10e6, 1e6].map((rateBps) => ({ rateBps, delayMs: 40, grantBlocks: 64 }));
    const last = (connection: Connection) => download(pipeline, connection, 150).depths.at(-1)!;
    const [before, between, after] = [last(fast!), last(slow!), last(fast!)];
    expect(between).toBeLessThan(before / 4);
    expect(after / before).toBeGreaterThan(0.95);
    expect(after).toBeLessThanOrEqual(before);
  });
});

describe('fixed pipeline', () => {
  it('asks for so many blocks, whatever the connection is like', () => {
    const { depths } = download(new FixedPipeline(12), { rateBps: 100e6, delayMs: 200, grantBlocks: 100 }, 3);
    expect(new Set(depths)).toEqual(new Set([12]));
  });

  it('of few blocks leaves a long line idle', () => {
    const connection = { rateBps: 10e6, delayMs: 100, grantBlocks: 1000 };
    const { tookMs, blocksMs } = download(new FixedPipeline(12), connection, 1);
    expect(tookMs / blocksMs).toBeGreaterThan(4);
  });
});
