import { randomBytes } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AgentSwarm } from '../../../src/engine/agent/agent-swarm.ts';
import { UNLIMITED } from '../../../src/engine/link-rate.ts';
import { aFreePort } from '../swarm/a-swarm.ts';

const HOST = '127.0.0.1';

async function aSwarm({ port = 0, site = '' } = {}): Promise<AgentSwarm> {
  const swarm = await AgentSwarm.start({
    ...{ peerId: randomBytes(20), host: HOST, port, site, link: UNLIMITED, uploadSlots: 4, neighbours: 24 },
  });
  onTestFinished(() => swarm.stop());
  return swarm;
}

describe('the peer of a machine', () => {
  it('goes on at its port when the server names another client', async () => {
    const port = await aFreePort(HOST);
    const swarm = await aSwarm({ port });
    await swarm.choose('webtorrent', () => {});
    expect(swarm.name).toBe('webtorrent');
    await expect(aSwarm({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('says what that client leaves undone at the site of the machine, and nothing elsewhere', async () => {
    const notes: string[] = [];
    const note = (sentence: string) => notes.push(sentence);
    await (await aSwarm()).choose('webtorrent', note);
    await (await aSwarm({ site: 'room 7' })).choose('swarmboot', note);
    expect(notes).toEqual([]);
    await (await aSwarm({ site: 'room 7' })).choose('webtorrent', note);
    expect(notes).toEqual([expect.stringMatching(/webtorrent.*room 7/)]);
  });
});
