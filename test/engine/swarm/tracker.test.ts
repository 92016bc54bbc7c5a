import { describe, expect, it, onTestFinished } from 'vitest';
import { startTracker } from '../../../src/engine/swarm/tracker.ts';

const HOST = '127.0.0.1';
const INFO_HASH = 'a'.repeat(20);

async function aTracker() {
  const tracker = await startTracker(HOST, 0);
  onTestFinished(() => tracker.close());
  return tracker;
}

async function announce(url: string, port: number): Promise<string> {
  const query = `info_hash=${INFO_HASH}&peer_id=${String(port).padStart(20, 'p')}&port=${port}&left=1&compact=1`;
  return Buffer.from(await (await fetch(`${url}?${query}&event=started`)).arrayBuffer()).toString('latin1');
}

describe('the tracker', () => {
  it('tells peers of each other', async () => {
    const tracker = await aTracker();
    tracker.serve(Buffer.from(INFO_HASH).toString('hex'));
    await announce(tracker.announceUrl, 0x1234);
    const answer = await announce(tracker.announceUrl, 0x5678);
    expect(answer).toContain('\x7f\0\0\x01\x12\x34');
  });

  it('serves only torrents that it was told of', async () => {
    const tracker = await aTracker();
    expect(await announce(tracker.announceUrl, 0x1234)).toContain('this torrent is not served here');
  });

  it('lives on after a request that is none', async () => {
    const tracker = await aTracker();
    expect(await (await fetch(`${tracker.announceUrl}?x=1`)).text()).toContain('failure reason');
    tracker.serve(Buffer.from(INFO_HASH).toString('hex'));
    expect(await announce(tracker.announceUrl, 0x1234)).toContain('8:interval');
  });

  it('needs its port', async () => {
    const { announceUrl } = await aTracker();
    const port = Number(new URL(announceUrl).port);
    await expect(startTracker(HOST, port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
