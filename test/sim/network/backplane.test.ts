import { describe, expect, it } from 'vitest';
import type { DeploymentModel } from '../../../src/sim/deployment-model.ts';
import { simulate } from '../../../src/sim/simulate.ts';
import { aChain, aModel, aMulticast, aSwarm, aUnicast, LINK_BPS } from '../a-model.ts';
import { aBoot, byHttp } from '../machine/a-boot.ts';
import { makespanS } from '../readings.ts';

const WAN = { upBps: Infinity, downBps: Infinity };
const FAST = { upBps: 64 * LINK_BPS, downBps: Infinity };

/** Four machines on fast links, eight pieces: 32 piece times through a switch that carries a link's rate. */
function behindSwitch(transport: DeploymentModel['transport'], backplaneBps = LINK_BPS): number {
  const sites = [{ name: 'home', wan: WAN, backplaneBps }];
  return makespanS(simulate(aModel({ link: FAST, sites, transport }), 1));
}

describe('the back plane of a switch', () => {
  it.each([
    ['unicast', aUnicast()],
    ['a chain', aChain()],
    ['a swarm', aSwarm()],
  ])('carries every copy one time: %s', (_what, transport) => {
    expect(behindSwitch(transport)).toBeCloseTo(32, 9);
  });

  it('carries a multicast once for all', () => {
    expect(behindSwitch(aMulticast())).toBe(8);
  });

  it('is no limit where it carries what all links do', () => {
    const links = { pieces: 8, link: { upBps: LINK_BPS, downBps: LINK_BPS } };
    const wide = [{ name: 'home', wan: WAN, backplaneBps: 5 * LINK_BPS }];
    const takes = (sites: DeploymentModel['sites']) => makespanS(simulate(aModel({ ...links, sites }), 1));
    expect(takes(wide)).toBe(takes([{ name: 'home', wan: WAN }]));
  });

  it('is that of a site: what crosses over to another passes both', () => {
    const sites = [8, 1].map((share) => ({ name: `${share}`, wan: WAN, backplaneBps: share * LINK_BPS }));
    const wishes = { link: FAST, sites, machines: [{ site: 1 }, { site: 0 }] };
    const { machines } = simulate(aModel({ ...wishes, transport: aUnicast() }), 1);
    // Seven eighths of the server's switch are left for its own machine.
    expect(machines[0]!.doneS).toBeCloseTo(8, 9);
    expect(machines[1]!.doneS).toBeCloseTo(8 / 7, 9);
    expect(makespanS(simulate(aModel({ ...wishes, transport: aMulticast() }), 1))).toBe(8);
  });

  it('carries boot files, too', () => {
    const sites = [{ name: 'home', wan: WAN, backplaneBps: LINK_BPS }];
    const boot = aBoot([byHttp(LINK_BPS)]);
    const { machines } = simulate(aModel({ link: FAST, sites, boot }), 1);
    expect(machines.map(({ phases }) => phases.boot![1])).toEqual([4, 4, 4, 4]);
  });
});
