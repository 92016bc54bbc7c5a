import { describe, expect, it, onTestFinished } from 'vitest';
import { LabSeeder } from '../../../../src/bench/executors/local/lab-seeder.ts';
import { WatchedLink } from '../../../../src/bench/executors/local/watched-link.ts';
import { swarmboot } from '../../../../src/engine/swarm/swarmboot-client.ts';
import { someBytes } from '../../../engine/an-image.ts';
import { aSwarm, ImageInMemory } from '../../../engine/swarm/a-swarm.ts';
import { until } from './a-lab.ts';

const PIECE = 65_536;
const UPLOAD_SLOTS = 4;
const UP_BPS = 32 * PIECE;

/** Nothing else runs meanwhile. */
function beBusy(forMs: number): void {
  const endMs = performance.now() + forMs;
  while (performance.now() < endMs);
}

describe('a seeder that leaves', () => {
  it('has sent little more than it was to, also where its computer was busy and its link makes up for it', async () => {
    const swarm = await aSwarm(someBytes(64 * PIECE), PIECE);
    const uplink = new WatchedLink(UP_BPS);
    const client = await swarmboot.make({
      peerId: Buffer.from('-TE0001-......seeder'),
      host: swarm.host,
      port: 0,
      link: { upBps: UP_BPS, downBps: Infinity },
      uplink,
      uploadSlots: UPLOAD_SLOTS,
      neighbours: 50,
    });
    onTestFinished(() => client.stop());
    await client.seed(swarm.metainfo, new ImageInMemory(swarm.image, PIECE));
    const seeder = new LabSeeder(client, uplink, 10 * PIECE);
    const leecher = await swarm.aPeer('leecher');
    // It ends with the test, for it will not get the image.
    swarm.download(leecher).catch(() => {});
    await until(async () => (await seeder.uploadedBytes()) > 2 * PIECE);
    beBusy(900);
    await until(async () => (await seeder.uploadedBytes()) >= 10 * PIECE);
    expect(await seeder.uploadedBytes()).toBeLessThan((10 + UPLOAD_SLOTS + 1) * PIECE);
  });
});
