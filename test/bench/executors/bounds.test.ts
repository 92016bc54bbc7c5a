import { describe, expect, it } from 'vitest';
import { boundsOf } from '../../../src/bench/executors/bounds.ts';
import { aMachine } from '../a-record.ts';
import { aRun, aScenario } from './a-run.ts';

const COPY_S = 8;

describe('the lower bounds of a transfer', () => {
  it('of P2P is one copy over the server link, however many machines', () => {
    expect(boundsOf(aRun({ machines: 100 }), true)).toMatchObject({ lowerBoundS: COPY_S, copyS: COPY_S });
  });

  it('of unicast counts every copy', () => {
    expect(boundsOf(aRun({ transport: 'unicast', machines: 20 }), true).lowerBoundS).toBe(20 * COPY_S);
  });

  it('of multicast is one copy to the slowest machine', () => {
    const scenario = aScenario({ faults: [{ slow: 1, to: '1 MiB/s' }] });
    expect(boundsOf(aRun({ scenario, transport: 'multicast' }), true).lowerBoundS).toBe(64);
  });

  it('counts a link that changes at its fastest, so that it stays a bound', () => {
    const network = {
      server: { up: '64 MiB/s', down: '64 MiB/s' },
      machine: { up: '8 MiB/s', down: '8 MiB/s' },
    };
    const boundS = (...faults: unknown[]) =>
      boundsOf(aRun({ scenario: aScenario({ network, faults }), machines: 1 }), true).lowerBoundS;
    expect(boundS({ slow: 1, to: '1 MiB/s', at: '5 s' })).toBe(boundS());
    expect(boundS({ slow: 1, to: '16 MiB/s', at: '1 s' })).toBe(boundS() / 2);
    expect(boundS({ cut: 1, at: '1 s', for: '9 s' })).toBe(boundS());
  });

  it('counts a machine that comes back like any other', () => {
    const scenario = aScenario({ faults: [{ kill: 4, at: '1 s', back: '2 s' }] });
    const plain = boundsOf(aRun({ transport: 'unicast' }), true);
    expect(boundsOf(aRun({ scenario, transport: 'unicast' }), true)).toEqual(plain);
    expect(boundsOf(aRun({ scenario }), true)).toEqual(boundsOf(aRun(), true));
  });

  it('leaves out machines whose disk takes less than the image', () => {
    const scenario = (after: string) => aScenario({ faults: [{ full: 1, after }] });
    const bounds = (after: string) =>
      boundsOf(aRun({ scenario: scenario(after), transport: 'unicast' }), true);
    expect(bounds('63 MiB').lowerBoundS).toBe(3 * COPY_S);
    expect(bounds('64 MiB').lowerBoundS).toBe(4 * COPY_S);
    expect(boundsOf(aRun({ scenario: scenario('63 MiB') }), true).pieceBoundS).toBeNull();
  });

  it('is that of the machines that were verified, once it is known who was', () => {
    const network = { server: { up: '8 MiB/s' }, machine: { up: '8 MiB/s' }, backplane: '4 MiB/s' };
    const faults = [
      { fail: '1 %', per: '1 min' },
      { slow: 1, to: '1 MiB/s' },
    ];
    const boundsWith = (
      verified: boolean[],
      transport: 'p2p' | 'unicast' | 'multicast',
      settings: Record<string, unknown>,
    ) => {
      const fleet = verified.map((isVerified) => aMachine({ isVerified }));
      return boundsOf(aRun({ scenario: aScenario(settings), transport }), true, fleet);
    };
    for (const transport of ['unicast', 'p2p', 'multicast'] as const) {
      const fastAlone = boundsWith([false, true, false, false], transport, { faults });
      expect(fastAlone).toMatchObject({ lowerBoundS: COPY_S, pieceBoundS: null });
      const nobody = boundsWith([false, false, false, false], transport, { faults });
      expect(nobody).toEqual(boundsWith([true, true, true, true], transport, { faults }));
    }
    // As after a failure that no fault asks for.
    expect(boundsWith([false, true, true, false], 'unicast', {}).lowerBoundS).toBe(2 * COPY_S);
    expect(boundsWith([false, true, true, false], 'p2p', { network }).lowerBoundS).toBe(2 * 16);
    expect(boundsWith([true, true, true, true], 'p2p', {})).toEqual(boundsOf(aRun(), true));
  });

  it('in whole pieces is that of Mundinger', () => {
    expect(boundsOf(aRun({ machines: 7 }), true).pieceBoundS).toBe(COPY_S * (1 + 2 / 64));
    expect(boundsOf(aRun({ machines: 8, transport: 'chain' }), true).pieceBoundS).toBe(COPY_S * (1 + 3 / 64));
  });

  it('of a simulation with a tolerance is that of links which carry so much more', () => {
    const network = { server: { up: '8 MiB/s' }, machine: { up: '8 MiB/s' }, tolerance: '10 %' };
    const scenario = aScenario({ network });
    const exact = boundsOf(aRun(), true);
    const rough = boundsOf(aRun({ scenario }), true);
    expect(rough.lowerBoundS).toBeCloseTo(exact.lowerBoundS / 1.1, 9);
    expect(rough.pieceBoundS).toBeCloseTo(exact.pieceBoundS! / 1.1, 9);
    expect(boundsOf(aRun({ scenario, source: 'netns' }), true)).toEqual(exact);
  });

  it('in whole pieces counts a short last piece as short', () => {
    const scenario = aScenario({ image: { size: '63.5 MiB', pieceLength: '1 MiB' } });
    expect(boundsOf(aRun({ scenario, machines: 1 }), true).pieceBoundS).toBe(63.5 / 8);
    expect(boundsOf(aRun({ scenario, machines: 2 }), true).pieceBoundS).toBe(63.5 / 8 + 0.5 / 8);
  });

  it.each([
    ['the client may take a piece from several sources', {}, false, 'p2p'],
    [
      'the uplinks differ',
      { network: { server: { up: '8 MiB/s' }, machine: { up: '4 MiB/s' } } },
      true,
      'p2p',
    ],
    ['one machine is slow', { faults: [{ slow: 1, to: '1 MiB/s' }] }, true, 'p2p'],
    ['a machine is killed', { faults: [{ kill: 1, at: '1 s' }] }, true, 'p2p'],
    ['nobody forwards anything', {}, true, 'unicast'],
    [
      'no uplink has a limit',
      { network: { server: { up: 'unlimited' }, machine: { up: 'unlimited', down: '8 MiB/s' } } },
      true,
      'p2p',
    ],
  ] as const)('in whole pieces is unknown where %s', (_, changes, hasWholePieces, transport) => {
    expect(
      boundsOf(aRun({ scenario: aScenario(changes), transport }), hasWholePieces).pieceBoundS,
    ).toBeNull();
  });

  it('counts the uplinks of all seeders of a swarm, and knows no bound in pieces then', () => {
    const network = { server: { up: '8 MiB/s' }, machine: { up: '2 MiB/s' } };
    const transports = { p2p: { seeders: 4 }, unicast: {} };
    const scenario = aScenario({ network, transports });
    const boundsBy = (transport: 'p2p' | 'unicast', machines: number) =>
      boundsOf(aRun({ scenario, transport, machines }), true);
    // 64 MiB by 16 MiB/s; ten copies by 16 + 20 MiB/s.
    expect(boundsBy('p2p', 1)).toEqual({ lowerBoundS: 4, pieceBoundS: null, copyS: COPY_S });
    expect(boundsBy('p2p', 10).lowerBoundS).toBe(640 / 36);
    expect(boundsBy('unicast', 10).lowerBoundS).toBe(10 * COPY_S);
  });

  it('counts the uplink of a web seed, unless it is the server’s', () => {
    const network = { server: { up: '8 MiB/s' }, machine: { up: '8 MiB/s' } };
    const boundsWith = (webSeed: object, transport: 'p2p' | 'unicast' = 'p2p') => {
      const scenario = aScenario({ network, transports: { p2p: { webSeed }, unicast: {} } });
      return boundsOf(aRun({ scenario, transport, machines: 1 }), true);
    };
    expect(boundsWith({ up: '24 MiB/s' })).toEqual({ lowerBoundS: 2, pieceBoundS: null, copyS: COPY_S });
    expect(boundsWith({ up: '24 MiB/s' }, 'unicast').lowerBoundS).toBe(COPY_S);
    expect(boundsWith({ use: 'always' })).toEqual({
      lowerBoundS: COPY_S,
      pieceBoundS: COPY_S,
      copyS: COPY_S,
    });
  });

  it('counts what has to pass the switch of a site: a copy for each machine there, by multicast one', () => {
    const wan = { up: '1 GiB/s', down: '1 GiB/s' };
    const link = { up: '8 MiB/s' };
    const network = { server: link, machine: link, backplane: '4 MiB/s' };
    const at = ['30 %', '70 %'].map((machines, place) => ({ name: `site ${place}`, machines, wan }));
    const boundS = (
      transport: 'p2p' | 'unicast' | 'multicast',
      changes: object = {},
      faults: unknown[] = [],
    ) =>
      boundsOf(
        aRun({
          scenario: aScenario({ network: { ...network, ...changes }, faults }),
          transport,
          machines: 10,
        }),
        true,
      ).lowerBoundS;
    expect(boundS('p2p')).toBe(160);
    expect(boundS('unicast')).toBe(160);
    expect(boundS('multicast')).toBe(16);
    expect(boundS('p2p', { sites: at })).toBe(7 * 16);
    expect(boundS('p2p', {}, [{ kill: 4, at: '1 s' }])).toBe(6 * 16);
    expect(boundS('p2p', {}, [{ full: 3, after: '1 MiB' }])).toBe(7 * 16);
    expect(boundS('p2p', { backplane: 'unlimited' })).toBe(8);
  });

  it('counts what has to cross between sites: one copy to each without a source, of unicast one for each machine', () => {
    const link = { up: '64 MiB/s', down: '64 MiB/s' };
    const sites = [
      { name: 'near', machines: '50 %', wan: { up: '4 MiB/s', down: '1 MiB/s' } },
      { name: 'far', machines: '30 %', wan: { up: '4 MiB/s', down: '2 MiB/s' } },
      { name: 'farther', machines: '20 %', wan: { up: '4 MiB/s', down: '16 MiB/s' } },
    ];
    const boundS = (transport: 'p2p' | 'chain' | 'unicast' | 'multicast', changes: object = {}) => {
      const network = { server: link, machine: link, sites };
      const scenario = aScenario({ network, ...changes });
      return boundsOf(aRun({ scenario, transport, machines: 10 }), true).lowerBoundS;
    };
    // 64 MiB by 2 MiB/s; three times that; five copies by 4 MiB/s are less.
    expect(boundS('p2p')).toBe(32);
    expect(boundS('chain')).toBe(32);
    expect(boundS('multicast')).toBe(32);
    expect(boundS('unicast')).toBe(96);
    const p2p = (seeders: readonly string[]) => ({ transports: { p2p: { seeders }, unicast: {} } });
    // The last site receives over its own link, or from both that have it.
    expect(boundS('p2p', p2p(['far']))).toBe(64 / 8);
    expect(boundS('p2p', p2p(['far', 'farther']))).toBeLessThan(4);
    expect(boundS('unicast', p2p(['far', 'farther']))).toBe(96);
    const onlyNear = sites.map((site, place) => ({ ...site, machines: place === 0 ? '100 %' : '0 %' }));
    expect(boundS('unicast', { network: { server: link, machine: link, sites: onlyNear } })).toBe(10);
  });

  it('asks nothing of machines that are killed, but lets them have helped', () => {
    const network = { server: { up: '8 MiB/s' }, machine: { up: '1 MiB/s' } };
    const whole = boundsOf(aRun({ scenario: aScenario({ network }), machines: 20 }), true);
    const killed = boundsOf(
      aRun({ scenario: aScenario({ network, faults: [{ kill: 10, at: '1 s' }] }), machines: 20 }),
      true,
    );
    expect(whole.lowerBoundS).toBe((20 * 64) / 28);
    expect(killed.lowerBoundS).toBe((10 * 64) / 28);
  });

  it('asks as much of machines that come back as of all others', () => {
    const network = { server: { up: '8 MiB/s' }, machine: { up: '1 MiB/s' } };
    const faults = [{ kill: 10, at: '1 s', back: '1 s' }];
    const bounds = boundsOf(aRun({ scenario: aScenario({ network, faults }), machines: 20 }), true);
    expect(bounds.lowerBoundS).toBe((20 * 64) / 28);
  });
});
