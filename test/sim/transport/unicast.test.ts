import { array, assert, constantFrom, integer, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { simulate } from '../../../src/sim/simulate.ts';
import { unicastTogetherS, unicastWavesS } from '../../../src/sim/theory/unicast.ts';
import { aModel, aUnicast, LINK_BPS, PIECE_BYTES, someMachines } from '../a-model.ts';
import { doneTimes, makespanS } from '../readings.ts';

const rates = integer({ min: 1, max: 1000 }).map((share) => (share / 100) * LINK_BPS);

describe('unicast', () => {
  it('shares the uplink of the server equally: n machines take n times as long', () => {
    const model = aModel({ machines: 4, pieces: 8, transport: aUnicast() });
    expect(doneTimes(simulate(model, 1))).toEqual([32, 32, 32, 32]);
  });

  it('takes as long as the formula says, for downlinks of any rate', () => {
    const links = record({ upBps: rates, downBps: array(rates, { minLength: 1, maxLength: 12 }) });
    assert(
      property(links, ({ upBps, downBps }) => {
        const machines = downBps.map((rate) => ({ link: { upBps: LINK_BPS, downBps: rate } }));
        const server = { upBps, downBps: Infinity };
        const model = aModel({ machines, server, transport: aUnicast() });
        const expectedS = unicastTogetherS({ wireBytes: model.wireBytes, seederUpBps: upBps, downBps });
        expect(makespanS(simulate(model, 1)) / expectedS).toBeCloseTo(1, 12);
      }),
    );
  });

  it('in waves takes as long as the formula says', () => {
    const waves = record({
      machines: integer({ min: 1, max: 20 }),
      wave: integer({ min: 1, max: 8 }),
      downBps: constantFrom(LINK_BPS / 4, LINK_BPS, Infinity),
    });
    assert(
      property(waves, ({ machines, wave, downBps }) => {
        const model = aModel({ machines, link: { upBps: LINK_BPS, downBps }, transport: aUnicast(wave) });
        const { wireBytes } = model;
        const expectedS = unicastWavesS({ wireBytes, seederUpBps: LINK_BPS, downBps, machines, wave });
        expect(makespanS(simulate(model, 1)) / expectedS).toBeCloseTo(1, 12);
      }),
    );
  });

  it('serves a wave in the order of arrival, and the next one when a place is free', () => {
    const model = aModel({ machines: 5, pieces: 8, transport: aUnicast(2) });
    expect(doneTimes(simulate(model, 1))).toEqual([16, 16, 32, 32, 40]);
  });

  it('gives the rate of a machine that is killed to the others', () => {
    // Half the link each until 4, when 6 of the survivor's 8 pieces are left.
    const machines = someMachines(2, 1, { diesAfterS: 4 });
    const result = simulate(aModel({ machines, pieces: 8, transport: aUnicast() }), 1);
    expect(doneTimes(result)).toEqual([null, 10]);
    expect(result.wastedBytes).toBe(2 * PIECE_BYTES);
  });

  it('gives the place of a machine that is killed to the next in the queue', () => {
    const machines = someMachines(2, 1, { diesAfterS: 4 });
    expect(doneTimes(simulate(aModel({ machines, pieces: 8, transport: aUnicast(1) }), 1))).toEqual([
      null,
      12,
    ]);
  });

  it('passes over a machine that was killed while it waited for its turn', () => {
    const machines = [{}, { diesAfterS: 4 }, {}];
    const result = simulate(aModel({ machines, pieces: 8, transport: aUnicast(1) }), 1);
    expect(doneTimes(result)).toEqual([8, null, 16]);
    expect(result.wastedBytes).toBe(0);
  });

  it('is held back by the cap of the connection, not by that of the others', () => {
    const model = aModel({ machines: 2, pieces: 8, connectionCapBps: LINK_BPS / 4, transport: aUnicast() });
    expect(doneTimes(simulate(model, 1))).toEqual([32, 32]);
  });

  it('takes two round trips for the connection and the request', () => {
    const model = aModel({ machines: 1, pieces: 8, latencyS: 0.5, transport: aUnicast() });
    expect(doneTimes(simulate(model, 1))).toEqual([10]);
  });

  it('carries a copy for each machine over a WAN link', () => {
    const wan = { upBps: LINK_BPS / 2, downBps: LINK_BPS / 2 };
    const sites = [
      { name: 'home', wan },
      { name: 'branch', wan },
    ];
    const machines = [{ site: 0 }, { site: 1 }, { site: 1 }];
    const result = simulate(aModel({ machines, pieces: 8, sites, transport: aUnicast() }), 1);
    expect(doneTimes(result)).toEqual([16, 32, 32]);
  });
});
