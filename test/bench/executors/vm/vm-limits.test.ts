import { describe, expect, it } from 'vitest';
import { unsupportedByMachines } from '../../../../src/bench/executors/vm/vm-limits.ts';
import { aScenario } from '../a-run.ts';

const refused = (changes: Record<string, unknown>) =>
  unsupportedByMachines(aScenario(changes), 'p2p').map((sentence) => sentence.split(':')[0]);

describe('the vm lab', () => {
  it('honours everything that a plain scenario of four machines asks for', () => {
    expect(refused({})).toEqual([]);
  });

  it('has our own client only', () => {
    expect(unsupportedByMachines(aScenario(), 'unicast')[0]).toBe(
      'transports.unicast: the vm lab has no unicast',
    );
  });

  it.each<[string, Record<string, unknown>]>([
    ['fleet.machines', { fleet: { machines: [2, 5] } }],
    ['faults', { faults: [{ kill: 1, at: '1 s' }] }],
    ['image.encoding', { image: { size: '64 MiB', encoding: 'zstd' } }],
    ['transports.p2p.uploadSlots', { transports: { p2p: { uploadSlots: 3 } } }],
    ['transports.p2p.seederSlots', { transports: { p2p: { seederSlots: 3 } } }],
    ['transports.p2p.picker', { transports: { p2p: { picker: 'random' } } }],
    ['transports.p2p.neighbours', { transports: { p2p: { neighbours: 2 } } }],
    ['transports.p2p.seeders', { transports: { p2p: { seeders: 1 } } }],
    ['transports.p2p.maxConnections', { transports: { p2p: { maxConnections: 9 } } }],
    ['transports.p2p.announceInterval', { transports: { p2p: { announceInterval: '1 s' } } }],
    ['transports.p2p.pex', { transports: { p2p: { pex: true } } }],
    ['transports.p2p.webSeed', { transports: { p2p: { webSeed: null } } }],
    ['boot', { boot: { steps: ['dhcp'] } }],
  ])('refuses what it cannot honour: %s', (field, changes) => {
    expect(refused(changes)).toContain(field);
  });
});
