import { describe, expect, it } from 'vitest';
import type { HandoutName } from '../../../src/engine/swarm/policy/handout/handout-by-name.ts';
import { type Announce, TrackedSwarm } from '../../../src/engine/swarm/tracked-swarm.ts';
import { RandomStream } from '../../../src/sim/kernel/random-stream.ts';

/** An announce of a machine that is named by its address. */
function said(ip: string, wishes: Partial<Announce> = {}): Announce {
  const peer = { peerId: `id of ${ip} ${wishes.localIp}`, port: 6881, leftBytes: 1, wanted: 50, lost: [] };
  return { ...peer, ip, event: 'started', site: 'here', localIp: undefined, ...wishes };
}

function aSwarm(handout: HandoutName = 'regular'): TrackedSwarm {
  return new TrackedSwarm(handout, new RandomStream(1, 'handout'));
}

const ipsOf = (swarm: TrackedSwarm, announce: Announce, nowMs = 0): string[] =>
  swarm
    .announce(announce, nowMs)
    .peers.map(({ ip }) => ip)
    .toSorted();

describe('a tracked swarm', () => {
  it('counts who has the whole image', () => {
    const swarm = aSwarm();
    swarm.announce(said('10.0.0.1', { leftBytes: 0 }), 0);
    swarm.announce(said('10.0.0.2'), 0);
    expect(swarm.announce(said('10.0.0.3'), 0)).toMatchObject({ complete: 1, incomplete: 2 });
    swarm.announce(said('10.0.0.2', { event: 'completed' }), 0);
    swarm.announce(said('10.0.0.2', { event: 'update' }), 0);
    expect(swarm.counts()).toEqual({ complete: 2, incomplete: 1 });
    swarm.announce(said('10.0.0.2', { event: 'stopped' }), 0);
    expect(swarm.counts()).toEqual({ complete: 1, incomplete: 1 });
  });

  it('forgets a peer that says good-bye, and answers it with nobody', () => {
    const swarm = aSwarm();
    swarm.announce(said('10.0.0.1'), 0);
    expect(ipsOf(swarm, said('10.0.0.2'))).toEqual(['10.0.0.1']);
    expect(ipsOf(swarm, said('10.0.0.1', { event: 'stopped' }))).toEqual([]);
    expect(ipsOf(swarm, said('10.0.0.3'))).toEqual(['10.0.0.2']);
  });

  it('lets a good-bye of a stranger pass', () => {
    const swarm = aSwarm();
    expect(ipsOf(swarm, said('10.0.0.1', { event: 'stopped' }))).toEqual([]);
    expect(swarm.counts()).toEqual({ complete: 0, incomplete: 0 });
  });

  it('takes another peer at the same address for the one that is there now', () => {
    const swarm = aSwarm('chain');
    for (const ip of ['10.0.0.1', '10.0.0.2', '10.0.0.3']) swarm.announce(said(ip), 0);
    expect(ipsOf(swarm, said('10.0.0.2', { peerId: 'restarted' }))).toEqual(['10.0.0.3']);
    expect(ipsOf(swarm, said('10.0.0.3', { event: 'update' }))).toEqual(['10.0.0.1']);
    expect(swarm.counts().incomplete).toBe(3);
  });

  it('asks its own peers to come back soon, then less and less often, and others as seldom as on the internet', () => {
    const swarm = aSwarm();
    const intervals = Array.from({ length: 7 }, () => swarm.announce(said('10.0.0.1'), 0).interval);
    expect(intervals).toEqual([2, 4, 8, 16, 30, 30, 30]);
    const foreign = said('10.0.0.2', { site: undefined });
    expect([swarm.announce(foreign, 0).interval, swarm.announce(foreign, 0).interval]).toEqual([600, 600]);
  });

  it('forgets a peer that has missed an announce, not one that is late by seconds', () => {
    const swarm = aSwarm();
    swarm.announce(said('10.0.0.1'), 0);
    swarm.announce(said('10.0.0.2', { site: undefined }), 0);
    expect(ipsOf(swarm, said('10.0.0.3'), 8_999)).toEqual(['10.0.0.1', '10.0.0.2']);
    expect(ipsOf(swarm, said('10.0.0.4'), 10_000)).toEqual(['10.0.0.2', '10.0.0.3']);
    expect(ipsOf(swarm, said('10.0.0.5'), 1_200_000)).toEqual(['10.0.0.2']);
    expect(ipsOf(swarm, said('10.0.0.6'), 1_206_000)).toEqual(['10.0.0.5']);
  });

  it('names whom a peer has lost to others alone, and to that peer again when it has been heard', () => {
    const swarm = aSwarm();
    for (const ip of ['10.0.0.1', '10.0.0.2', '10.0.0.3']) swarm.announce(said(ip), 0);
    const update = { event: 'update' } as const;
    expect(ipsOf(swarm, said('10.0.0.3', update))).toEqual(['10.0.0.1', '10.0.0.2']);
    expect(ipsOf(swarm, said('10.0.0.3', { ...update, lost: ['10.0.0.1:6881'] }))).toEqual(['10.0.0.2']);
    expect(ipsOf(swarm, said('10.0.0.3', update))).toEqual(['10.0.0.2']);
    expect(ipsOf(swarm, said('10.0.0.4'))).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.3']);
    swarm.announce(said('10.0.0.1', { ...update, wanted: 0 }), 0);
    expect(ipsOf(swarm, said('10.0.0.3', update))).toEqual(['10.0.0.1', '10.0.0.2']);
  });

  it('goes on to name a source that was lost: nobody else may have the image', () => {
    const swarm = aSwarm();
    swarm.announce(said('10.0.0.1', { leftBytes: 0 }), 0);
    expect(ipsOf(swarm, said('10.0.0.2'))).toEqual(['10.0.0.1']);
    expect(ipsOf(swarm, said('10.0.0.2', { lost: ['10.0.0.1:6881'] }))).toEqual(['10.0.0.1']);
  });

  it('passes over in a chain whom the next has lost', () => {
    const swarm = aSwarm('chain');
    swarm.announce(said('10.0.0.1', { leftBytes: 0 }), 0);
    for (const ip of ['10.0.0.2', '10.0.0.3', '10.0.0.4']) swarm.announce(said(ip), 0);
    expect(ipsOf(swarm, said('10.0.0.4', { lost: ['10.0.0.3:6881'] }))).toEqual(['10.0.0.2']);
    expect(ipsOf(swarm, said('10.0.0.4', { lost: ['10.0.0.2:6881'] }))).toEqual(['10.0.0.1']);
    // Nobody else is before it: the source, be it that it was lost as well.
    expect(ipsOf(swarm, said('10.0.0.4', { lost: ['10.0.0.1:6881'] }))).toEqual(['10.0.0.1']);
  });

  it.each([
    ['it does not know', ['10.0.0.9:6881', 'nonsense', '']],
    ['at another port', ['10.0.0.1:6882']],
    ['and who it is itself', ['10.0.0.2:6881']],
  ])('takes no notice of lost peers that %s', (_which, lost) => {
    const swarm = aSwarm();
    swarm.announce(said('10.0.0.1'), 0);
    swarm.announce(said('10.0.0.2'), 0);
    expect(ipsOf(swarm, said('10.0.0.2', { lost }))).toEqual(['10.0.0.1']);
  });

  it('knows a lost peer by the address that the other was told: behind one NAT its own, and IPv6 in brackets', () => {
    const [nat, six] = [aSwarm(), aSwarm()];
    const behind = (localIp: string) => said('192.0.2.1', { localIp });
    nat.announce(behind('10.0.0.1'), 0);
    expect(ipsOf(nat, behind('10.0.0.2'))).toEqual(['10.0.0.1']);
    expect(ipsOf(nat, { ...behind('10.0.0.2'), lost: ['10.0.0.1:6881'] })).toEqual([]);
    six.announce(said('2001:db8::1'), 0);
    expect(ipsOf(six, said('2001:db8::2'))).toEqual(['2001:db8::1']);
    expect(ipsOf(six, said('2001:db8::2', { lost: ['[2001:db8::1]:6881'] }))).toEqual([]);
  });

  it('remembers no more peers than a swarm may have, and those that were heard last', () => {
    const swarm = aSwarm();
    swarm.announce(said('10.0.0.1', { leftBytes: 0 }), 0);
    for (let number = 0; number < 19_999; number++) swarm.announce(said('10.0.0.9', { port: number }), 0);
    swarm.announce(said('10.0.0.1', { leftBytes: 0, event: 'update' }), 0);
    for (let number = 0; number < 100; number++) swarm.announce(said('10.0.1.9', { port: number }), 0);
    expect(swarm.counts()).toEqual({ complete: 1, incomplete: 19_999 });
  });
});

describe('a tracked swarm with a NAT', () => {
  const behind = (localIp: string, wishes: Partial<Announce> = {}) =>
    said('203.0.113.1', { site: 'far', localIp, ...wishes });

  it('tells machines behind one NAT of each other by their own addresses, even at the same port', () => {
    const swarm = aSwarm();
    swarm.announce(said('198.51.100.1', { leftBytes: 0, localIp: '198.51.100.1' }), 0);
    swarm.announce(behind('10.0.0.1'), 0);
    swarm.announce(behind('10.0.0.2'), 0);
    expect(ipsOf(swarm, behind('10.0.0.3'))).toEqual(['10.0.0.1', '10.0.0.2', '198.51.100.1']);
  });

  it('tells others of the address that it sees', () => {
    const swarm = aSwarm('random');
    swarm.announce(behind('10.0.0.1'), 0);
    expect(ipsOf(swarm, said('198.51.100.1'))).toEqual(['203.0.113.1']);
    expect(ipsOf(swarm, said('198.51.100.2', { site: undefined }))).toContain('203.0.113.1');
    // The same label behind another NAT is no neighbour.
    expect(ipsOf(swarm, behind('10.0.0.1', { ip: '203.0.113.2' }))).toContain('203.0.113.1');
    expect(ipsOf(swarm, said('203.0.113.1', { site: undefined }))).not.toContain('10.0.0.1');
  });

  it.each<HandoutName>(['regular', 'sites', 'chain'])(
    'does not send those outside to where they cannot connect: %s',
    (handout) => {
      const swarm = aSwarm(handout);
      swarm.announce(said('198.51.100.1', { leftBytes: 0 }), 0);
      swarm.announce(behind('10.0.0.1'), 0);
      expect(ipsOf(swarm, said('198.51.100.2'))).toEqual(['198.51.100.1']);
      expect(ipsOf(swarm, behind('10.0.0.2'))).not.toContain('203.0.113.1');
    },
  );

  it('tells clients that know nothing of sites of anybody, whatever the handout', () => {
    const swarm = aSwarm('chain');
    for (const ip of ['10.0.0.1', '10.0.0.2', '10.0.0.3']) swarm.announce(said(ip), 0);
    const foreign = said('10.0.0.4', { site: undefined });
    expect(ipsOf(swarm, foreign)).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.3']);
  });

  it('does not count on clients that know nothing of sites to connect', () => {
    const swarm = aSwarm('regular');
    swarm.announce(said('10.0.0.1'), 0);
    expect(ipsOf(swarm, said('10.0.0.2', { site: undefined }))).toEqual(['10.0.0.1']);
    expect(ipsOf(swarm, said('10.0.0.1', { event: 'update' }))).toEqual(['10.0.0.2']);
  });

  it('tells clients that know nothing of sites of each other by the addresses that it sees', () => {
    const swarm = aSwarm();
    swarm.announce(behind('10.0.0.1', { site: undefined }), 0);
    expect(ipsOf(swarm, behind('10.0.0.2', { site: undefined }))).toEqual(['203.0.113.1']);
  });
});
