import { describe, expect, it } from 'vitest';
import {
  corruptShare,
  fleetOf,
  seederCopies,
  serverLinkChanges,
  unexpectedFailures,
} from '../../../src/bench/executors/fleet.ts';
import { aFleet } from '../a-record.ts';
import { aScenario } from './a-run.ts';

const KILL = { kill: 2, at: '3 s' };
const JOIN = { join: 1, at: '5 s' };

const fleet = (machines: number, ...faults: unknown[]) => fleetOf(aScenario({ faults }), machines);
const killTimes = (machines: ReturnType<typeof fleet>) => machines.map(({ killedAfterS }) => killedAfterS);
const joinTimes = (machines: ReturnType<typeof fleet>) => machines.map(({ joinsAfterS }) => joinsAfterS);

describe('the machines of a scenario with faults', () => {
  it('start together and live, where nothing else is said', () => {
    expect(killTimes(fleet(2))).toEqual([Infinity, Infinity]);
    expect(joinTimes(fleet(2))).toEqual([0, 0]);
  });

  it.each([
    ['kill first', [KILL, JOIN]],
    ['join first', [JOIN, KILL]],
  ])(
    'join as the last, and the last of the others are killed, in whatever order it is said: %s',
    (_, faults) => {
      const machines = fleet(5, ...faults);
      expect(joinTimes(machines)).toEqual([0, 0, 0, 0, 5]);
      expect(killTimes(machines)).toEqual([Infinity, Infinity, 3, 3, Infinity]);
    },
  );

  it('come back where the fault that kills them first says so', () => {
    const back = { kill: 1, at: '3 s', back: '20 s' };
    const comebacks = (...faults: unknown[]) =>
      fleet(3, ...faults).map(({ killedAfterS, backAfterS }) => [killedAfterS, backAfterS]);
    const lives = [Infinity, Infinity];
    expect(comebacks(back)).toEqual([lives, lives, [3, 20]]);
    expect(comebacks(back, { kill: 2, at: '2 s' })).toEqual([lives, [2, Infinity], [2, Infinity]]);
    expect(comebacks({ kill: 2, at: '2 s' }, back)).toEqual([lives, [2, Infinity], [2, Infinity]]);
  });

  it('join in turns, those of the first fault as the last', () => {
    expect(joinTimes(fleet(4, JOIN, { join: 2, at: '2 s' }))).toEqual([0, 2, 2, 5]);
  });

  it('are expected to finish where they join, and not where they are killed', () => {
    const scenario = aScenario({ faults: [KILL, JOIN] });
    const failed = unexpectedFailures(scenario, {
      transport: 'p2p',
      fleet: aFleet([8, 8, null, null, null]),
    });
    expect(failed.map(({ machine }) => machine)).toEqual(['m005']);
  });

  it.each([
    ['p2p', ['m002', 'm003']],
    ['clonezilla-unicast', ['m002', 'm003']],
    ['multicast', ['m002']],
  ] as const)(
    'are expected to finish where they come back, unless it is too late for that: %s',
    (transport, names) => {
      const scenario = aScenario({ faults: [{ kill: 1, at: '3 s', back: '20 s' }] });
      const failed = unexpectedFailures(scenario, { transport, fleet: aFleet([8, null, null]) });
      expect(failed.map(({ machine }) => machine)).toEqual(names);
    },
  );

  it('are expected to finish by a carousel where they come back', () => {
    const transports = { multicast: { repair: 'carousel' } };
    const scenario = aScenario({ faults: [{ kill: 1, at: '3 s', back: '20 s' }], transports });
    const failed = unexpectedFailures(scenario, { transport: 'multicast', fleet: aFleet([8, null, null]) });
    expect(failed.map(({ machine }) => machine)).toEqual(['m002', 'm003']);
  });

  it('lose their seeder after the least number of copies that a fault names', () => {
    expect(seederCopies(aScenario())).toBe(Infinity);
    expect(seederCopies(aScenario({ faults: [{ seederLeaves: 2 }, { seederLeaves: 1.1 }] }))).toBe(1.1);
  });

  it('are not expected to finish where the image does not fit', () => {
    const image = { size: '64 MiB', used: '32 MiB', pieceLength: '1 MiB' };
    const failed = (after: string) =>
      unexpectedFailures(aScenario({ image, faults: [{ full: 1, after }] }), {
        transport: 'p2p',
        fleet: aFleet([null, 8]),
      });
    expect(failed('31 MiB')).toEqual([]);
    expect(failed('32 MiB')).toHaveLength(1);
  });

  it('are expected to be lost to chance and to nothing else', () => {
    const scenario = aScenario({ faults: [{ fail: '1 %', per: '1 min' }] });
    const [first, second, ...others] = aFleet([null, null, null, 8]);
    const unlucky = { ...first!, failure: 'it died by chance, as the scenario asks' };
    const hopeless = { ...second!, failure: 'it died 100 times by chance' };
    const failed = unexpectedFailures(scenario, { transport: 'p2p', fleet: [unlucky, hopeless, ...others] });
    expect(failed.map(({ machine }) => machine)).toEqual(['m003']);
  });

  it('get as many wrong pieces as all faults together make', () => {
    expect(corruptShare(aScenario())).toBe(0);
    const faults = [{ corrupt: '50 %' }, KILL, { corrupt: 0.2 }];
    expect(corruptShare(aScenario({ faults }))).toBeCloseTo(0.6, 12);
  });

  it('change the links of those that came first, and of the server, for a time or for good', () => {
    const faults = [
      { cut: 1, at: '10 s', for: '20 s' },
      { slow: 2, to: '1 MB/s', at: '5 s' },
      { cut: 'server', at: '3 s', for: '1 s' },
    ];
    const scenario = aScenario({ faults });
    const [first, second, third] = fleetOf(scenario, 3);
    const slow = { upBps: 1e6, downBps: 1e6 };
    const out = { upBps: 0, downBps: 0 };
    expect(first!.linkChanges).toEqual([
      { atS: 5, link: slow },
      { atS: 10, link: out },
      { atS: 30, link: slow },
    ]);
    expect(second!.linkChanges).toEqual([{ atS: 5, link: slow }]);
    expect(third!.linkChanges).toEqual([]);
    expect(serverLinkChanges(scenario).map(({ atS }) => atS)).toEqual([3, 4]);
  });
});
