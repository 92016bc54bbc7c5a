import { describe, expect, it } from 'vitest';
import type { RatePath } from '../../../src/engine/swarm/rate-path.ts';
import { RateTable } from '../../../src/engine/swarm/rate-table.ts';

const BYTES = 20_000;
const rates = (bps: number) => ({ upBps: bps, downBps: bps });
const UNLIMITED = rates(Number.POSITIVE_INFINITY);

/** Seconds until all of these have carried so many bytes each. */
async function timeOf(paths: readonly RatePath[]): Promise<number> {
  const startMs = performance.now();
  await Promise.all(paths.map((path) => path.carry(BYTES)));
  return (performance.now() - startMs) / 1000;
}

describe('the limits of a client', () => {
  it('hold nothing up where there are none', () => {
    const { up, down } = new RateTable(UNLIMITED).joined(1);
    expect([up.isFree, down.isFree]).toEqual([true, true]);
  });

  it('of the link are shared by all peers, whatever else is limited', async () => {
    const table = new RateTable({ upBps: 200_000, downBps: Number.POSITIVE_INFINITY });
    table.limit({ peer: rates(1e9) });
    const peers = [1, 2].map((peer) => table.joined(peer).up);
    expect(await timeOf(peers)).toBeGreaterThanOrEqual((2 * BYTES) / 200_000);
  });

  it('of all peers together are shared by them and by what comes from no peer', async () => {
    const table = new RateTable(UNLIMITED);
    table.limit({ total: rates(200_000) });
    expect(await timeOf([table.joined(1).down, table.down])).toBeGreaterThanOrEqual((2 * BYTES) / 200_000);
  });

  it('of each peer are shared by nobody', async () => {
    const table = new RateTable(UNLIMITED);
    table.limit({ peer: rates(100_000) });
    const peers = Array.from({ length: 20 }, (_, peer) => table.joined(peer).up);
    const seconds = await timeOf(peers);
    expect(seconds).toBeGreaterThanOrEqual(BYTES / 100_000);
    expect(seconds).toBeLessThan((20 * BYTES) / 100_000);
  });

  it('of a place are shared by the peers that are there, and by no others', async () => {
    const table = new RateTable(UNLIMITED);
    table.limit({ sites: { near: rates(200_000) } });
    const peers = [1, 2, 3].map((peer) => table.joined(peer));
    table.introduced(1, 'near');
    table.introduced(2, 'near');
    table.introduced(3, 'far');
    expect(peers.map(({ up }) => up.isFree)).toEqual([false, false, true]);
    expect(await timeOf(peers.map(({ up }) => up))).toBeGreaterThanOrEqual((2 * BYTES) / 200_000);
  });

  it('of one direction leave the other alone', () => {
    const table = new RateTable(UNLIMITED);
    table.limit({ peer: { upBps: 1, downBps: Number.POSITIVE_INFINITY } });
    const { up, down } = table.joined(1);
    expect([up.isFree, down.isFree]).toEqual([false, true]);
  });

  it('of a place hold for where a peer is by its last word, once, however often it says so', async () => {
    const table = new RateTable(UNLIMITED);
    table.limit({ sites: { near: rates(200_000) } });
    const { up } = table.joined(1);
    for (let time = 0; time < 50; time++) table.introduced(1, 'near');
    const seconds = await timeOf([up]);
    expect(seconds).toBeGreaterThanOrEqual(BYTES / 200_000);
    expect(seconds).toBeLessThan((50 * BYTES) / 200_000);
    table.introduced(1, 'far');
    expect(up.isFree).toBe(true);
  });

  it('of a place hold for what waits already, however often the same are set', async () => {
    const table = new RateTable(UNLIMITED);
    const limits = { sites: { near: rates(100_000) } };
    table.limit(limits);
    const { up } = table.joined(1);
    table.introduced(1, 'near');
    const before = up.carry(BYTES);
    table.limit(limits);
    const startMs = performance.now();
    await Promise.all([before, up.carry(BYTES)]);
    expect((performance.now() - startMs) / 1000).toBeGreaterThanOrEqual((1.9 * BYTES) / 100_000);
  });

  it('of a place hold nobody up any more when they are gone', async () => {
    const table = new RateTable(UNLIMITED);
    table.limit({ sites: { near: rates(1) } });
    const { up } = table.joined(1);
    table.introduced(1, 'near');
    const waiting = up.carry(BYTES);
    table.limit({});
    await waiting;
  });

  it('are replaced while peers are connected', () => {
    const table = new RateTable(UNLIMITED);
    const { up } = table.joined(1);
    table.introduced(1, 'near');
    for (const limits of [{ total: rates(1) }, { peer: rates(1) }, { sites: { near: rates(1) } }]) {
      table.limit(limits);
      expect(up.isFree).toBe(false);
      table.limit({});
      expect(up.isFree).toBe(true);
    }
  });
});
