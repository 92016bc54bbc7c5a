import { describe, expect, it } from 'vitest';
import type { LinkBytes } from '../../../../src/bench/record/run-record.ts';
import { aLabScenario } from '../local/a-lab.ts';
import { needsNetns, runNetns } from './a-netns-lab.ts';

const IMAGE_BYTES = 4 * 2 ** 20;
/** Headers, handshakes and acknowledgements beside the payload; a segment of TCP may be cut at every frame. */
const MOST_OVERHEAD = 1514 / 1448 + 0.02;

/** So many images crossed, and nothing but headers beside. */
function expectImages(bytes: number, images: number): void {
  expect(bytes / IMAGE_BYTES).toBeGreaterThanOrEqual(images);
  expect(bytes / IMAGE_BYTES).toBeLessThan(images * MOST_OVERHEAD);
}

/** Acknowledgements and requests, and not a piece. */
function expectHardlyAnything(bytes: number): void {
  expect(bytes).toBeGreaterThan(0);
  expect(bytes / IMAGE_BYTES).toBeLessThan(0.05);
}

describe('the counters of the netns lab', () => {
  it('are those of the links: unicast sends an image to each machine', async (context) => {
    needsNetns(context);
    const { fleet, serverLink } = await runNetns({ transport: 'unicast', machines: 2 });
    expectImages(serverLink!.upBytes, 2);
    expectHardlyAnything(serverLink!.downBytes);
    for (const { link } of fleet) {
      expectImages(link!.downBytes, 1);
      expectHardlyAnything(link!.upBytes);
    }
  });

  it('add up: what the hosts of a swarm send is what they receive', async (context) => {
    needsNetns(context);
    const { fleet, serverLink, siteLinks } = await runNetns({ machines: 3 });
    const links = [serverLink!, ...fleet.map(({ link }) => link!)];
    const sum = (side: keyof LinkBytes) => links.reduce((bytes, link) => bytes + link[side], 0);
    expect(sum('downBytes') / IMAGE_BYTES).toBeGreaterThanOrEqual(3);
    // Frames to everybody, such as those of address resolution, are received by all.
    expect(Math.abs(sum('downBytes') / sum('upBytes') - 1)).toBeLessThan(0.01);
    expect(siteLinks).toBeUndefined();
  });

  it('tell what crosses from site to site', async (context) => {
    needsNetns(context);
    const link = { up: '8 MiB/s', down: '8 MiB/s' };
    const sites = ['near', 'far'].map((name) => ({ name, machines: 0.5, wan: link }));
    const scenario = aLabScenario({ network: { server: link, machine: link, sites } });
    const { siteLinks } = await runNetns({ transport: 'unicast', machines: 2, scenario });
    const [near, far] = siteLinks!;
    expectImages(near!.upBytes, 1);
    expectImages(far!.downBytes, 1);
    expectHardlyAnything(near!.downBytes);
    expectHardlyAnything(far!.upBytes);
  });

  it('tell the memory of our processes and of programs that are not ours', async (context) => {
    needsNetns(context, 'aria2');
    const { fleet, serverPeakMemoryBytes } = await runNetns({
      transport: 'aria2',
      machines: 1,
      scenario: aLabScenario({ transports: { aria2: {} } }),
    });
    const peaks = [fleet[0]!.peakMemoryBytes!, serverPeakMemoryBytes!];
    expect(peaks.map((each) => Object.keys(each).sort())).toEqual([
      ['agent', 'aria2c'],
      ['aria2c', 'server'],
    ]);
    for (const bytes of peaks.flatMap((each) => Object.values(each))) {
      expect(bytes).toBeGreaterThan(2 ** 20);
      expect(bytes).toBeLessThan(2 ** 30);
    }
  });
});
