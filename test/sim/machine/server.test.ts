import { describe, expect, it } from 'vitest';
import { Server } from '../../../src/sim/machine/server.ts';
import { simulate } from '../../../src/sim/simulate.ts';
import { aChain, aModel, aMulticast, aSwarm, aUnicast, PIECE_BYTES } from '../a-model.ts';
import { doneTimes, failures, makespanS } from '../readings.ts';
import { aBoot, dhcp } from './a-boot.ts';

const ONE_BY_ONE = aSwarm({ seederSlots: 1 });
const STOPPED = [{ atS: 3.5, forS: 10 }];
const LOST = 'the connection to the server broke off';

describe('a server that is killed and started again', () => {
  it.each([ONE_BY_ONE, aChain()])(
    'costs the time that it was away, and the piece that was on its way: $transport',
    (transport) => {
      const result = simulate(aModel({ machines: 1, serverStops: STOPPED, transport }), 1);

      expect(doneTimes(result)).toEqual([13.5 + 5]);
      expect(result.wastedBytes).toBe(0.5 * PIECE_BYTES);
      expect(result.serverUploadedBytes).toBe(8.5 * PIECE_BYTES);
    },
  );

  it('is not missed by a swarm that has a copy of every piece', () => {
    const model = aModel({ machines: 8, pieces: 64 });

    const stopped = simulate({ ...model, serverStops: [{ atS: 65, forS: 1000 }] }, 1);

    expect(failures(stopped)).toEqual(Array(8).fill(null));
    expect(makespanS(stopped)).toBeLessThan(1.2 * makespanS(simulate(model, 1)));
  });

  it.each(['dealing', 'superseed', 'plain'] as const)('goes on to seed afterwards: %s', (seeder) => {
    const transport = aSwarm({ seeder });
    const model = aModel({ machines: 8, pieces: 64, transport });

    const stopped = makespanS(simulate({ ...model, serverStops: [{ atS: 20, forS: 100 }] }, 1));

    expect(stopped).toBeGreaterThan(64 + 100);
    expect(stopped).toBeLessThan(1.2 * makespanS(simulate(model, 1)) + 100);
  });

  it('does not bring back a seeder that has left for good', () => {
    const result = simulate(
      aModel({ machines: 2, seederLeavesAfterBytes: 2 * PIECE_BYTES, serverStops: [{ atS: 5, forS: 1 }] }),
      1,
    );

    expect(failures(result).every((failure) => failure?.startsWith('the deployment stalled'))).toBe(true);
  });

  it('holds its rounds when somebody comes, where it was started again before', () => {
    const transport = aSwarm({ choker: 'classic', seeder: 'plain' });
    const model = aModel({ machines: [{ joinsAfterS: 15 }], serverStops: [{ atS: 6, forS: 1 }], transport });

    expect(doneTimes(simulate(model, 1))).toEqual([15 + 8]);
  });

  it('costs all to whom it streams the deployment, and not those who wait for their turn', () => {
    const result = simulate(aModel({ machines: 3, serverStops: STOPPED, transport: aUnicast(2) }), 1);

    expect(doneTimes(result)).toEqual([null, null, 13.5 + 8]);
    expect(failures(result)).toEqual([LOST, LOST, null]);
    expect(result.wastedBytes).toBe(3.5 * PIECE_BYTES);
  });

  it('leaves a machine alone that has the whole image', () => {
    const phases = { finish: 10 };
    const model = aModel({ machines: 1, phases, transport: aUnicast() });

    expect(doneTimes(simulate({ ...model, serverStops: [{ atS: 9, forS: 100 }] }, 1))).toEqual([18]);
  });

  it.each([ONE_BY_ONE, aUnicast(), aChain()])(
    'lets nobody begin until it is back from all its outages: $transport',
    (transport) => {
      const serverStops = [
        { atS: 1, forS: 6 },
        { atS: 2, forS: 18 },
      ];
      const arrival = { kind: 'staggered', intervalS: 5 } as const;
      const machines = [{}, {}, { diesAfterS: 12 }];
      const result = simulate(aModel({ machines, arrival, serverStops, transport }), 1);

      expect(result.machines[1]!.phases.download![0]).toBe(20);
      // It came at 10, waited for the server, and died.
      expect(result.machines[2]!.phases).toEqual({});
    },
  );

  it('tells its transport once of outages that overlap, and then lets those go on who waited', () => {
    const heard: string[] = [];
    const server = new Server({
      join: () => {},
      leave: () => {},
      diagnose: () => '',
      serverStopped: () => heard.push('stopped'),
      serverStarted: () => heard.push('started'),
    });
    server.stop();
    server.stop();
    server.whenUp(() => heard.push('joined'));
    server.start();
    server.start();
    server.whenUp(() => heard.push('joined later'));

    expect(heard).toEqual(['stopped', 'started', 'joined', 'joined later']);
  });

  it('is waited for by a chain that the death of a machine would have let begin', () => {
    const machines = [{}, { diesAfterS: 5 }];
    const arrival = { kind: 'staggered', intervalS: 10 } as const;
    const serverStops = [{ atS: 4, forS: 6 }];
    const result = simulate(aModel({ machines, arrival, serverStops, transport: aChain() }), 1);

    expect(doneTimes(result)).toEqual([10 + 8, null]);
  });

  it('is refused where the model says nothing of it', () => {
    const refusal = (wishes: Parameters<typeof aModel>[0]) => () =>
      simulate(aModel({ serverStops: STOPPED, ...wishes }), 1);

    expect(refusal({ transport: aMulticast() })).toThrow('serverStops: found 3.5');
    expect(refusal({ boot: aBoot([dhcp]) })).toThrow('serverStops: found 3.5');
    expect(refusal({ serverStops: [{ atS: 1, forS: 0 }] })).toThrow('serverStops[0].forS: found 0');
    expect(refusal({ serverStops: [{ atS: -1, forS: 1 }] })).toThrow('serverStops[0].atS: found -1');
  });
});
