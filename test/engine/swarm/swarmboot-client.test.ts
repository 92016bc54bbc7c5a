import { describe, expect, it } from 'vitest';
import { BEST_POLICIES, type SwarmPolicies } from '../../../src/engine/swarm/swarm-client.ts';
import { swarmboot } from '../../../src/engine/swarm/swarmboot-client.ts';
import { someBytes } from '../an-image.ts';
import { aSwarm } from './a-swarm.ts';
import { describeSwarmClient } from './swarm-client-contract.ts';

describeSwarmClient(swarmboot);

describe('a swarm of our clients', () => {
  it.each<Partial<SwarmPolicies>>([
    { picker: 'sampled' },
    { picker: 'random' },
    { picker: 'sequential' },
    { randomFirst: 4 },
    { choker: 'classic' },
    { choker: 'classic', seeder: 'plain' },
    { seeder: 'superseed' },
    { seeder: 'plain' },
    { pipeline: 'measured' },
    { crossing: 'free' },
  ])('is complete with %o instead of what is best', async (other) => {
    const policies: SwarmPolicies = { ...BEST_POLICIES, ...other };
    const swarm = await aSwarm(someBytes(40 * 16_384), 16_384);
    await swarm.seed(await swarm.aPeer('seeder', { policies }));
    const leechers = await Promise.all(
      ['one', 'two', 'three'].map((name) => swarm.aPeer(name, { policies })),
    );
    for (const bytes of await Promise.all(leechers.map((leecher) => swarm.download(leecher))))
      expect(Buffer.compare(bytes, swarm.image)).toBe(0);
  });
});
