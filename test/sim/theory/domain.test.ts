import { describe, expect, it } from 'vitest';
import { seededMeanS } from '../../../src/sim/theory/branching.ts';
import { chainS, treeDepth } from '../../../src/sim/theory/chain.ts';
import { flashCrowdMeanS } from '../../../src/sim/theory/flash-crowd.ts';
import { clientServerBoundS, peerToPeerBoundS } from '../../../src/sim/theory/kumar-ross.ts';
import { mundingerS } from '../../../src/sim/theory/mundinger.ts';
import { expectedTransmissions } from '../../../src/sim/theory/packet-loss.ts';

const mistakes: readonly [what: string, mistake: () => unknown, message: string][] = [
  ['half a machine', () => seededMeanS(1.5, 1), 'machines is 1.5: allowed is a whole number from 1 up'],
  [
    'no pieces',
    () => mundingerS({ wireBytes: 1, pieces: 0, machines: 1, linkBps: 1 }),
    'pieces is 0: allowed is a whole number from 1 up',
  ],
  ['a tree of one child', () => treeDepth(3, 1), 'children is 1: allowed is a whole number from 2 up'],
  [
    'an endless image',
    () => mundingerS({ wireBytes: Infinity, pieces: 1, machines: 1, linkBps: 1 }),
    'wireBytes is Infinity: allowed is a finite number above 0',
  ],
  [
    'a time that is no number',
    () => seededMeanS(1, Number.NaN),
    'copyS is NaN: allowed is a finite number above 0',
  ],
  [
    'a link without rate',
    () => clientServerBoundS({ wireBytes: 1, seederUpBps: 1, downBps: [2, 0] }),
    'downBps[1] is 0: allowed is a number above 0, or Infinity for no limit',
  ],
  [
    'no machines',
    () => clientServerBoundS({ wireBytes: 1, seederUpBps: 1, downBps: [] }),
    'downBps.length is 0: allowed is a whole number from 1 up',
  ],
  [
    'a negative uplink',
    () => peerToPeerBoundS({ wireBytes: 1, seederUpBps: 1, upBps: [-1], downBps: [1] }),
    'upBps[0] is -1: allowed is a finite number from 0 up',
  ],
  [
    'links that do not pair up',
    () => peerToPeerBoundS({ wireBytes: 1, seederUpBps: 1, upBps: [1], downBps: [1, 1] }),
    'upBps.length is 1: allowed is 2, the length of downBps',
  ],
  [
    'time before the start',
    () => chainS({ wireBytes: 1, pieceBytes: 1, machines: 1, linkBps: 1, hopSetUpS: -1 }),
    'hopSetUpS is -1: allowed is a finite number from 0 up',
  ],
  ['total loss', () => expectedTransmissions(1, 1), 'loss is 1: allowed is a share from 0 to below 1'],
  [
    'more than all',
    () => flashCrowdMeanS({ machines: 1, copyS: 1, effectiveness: 1.1 }),
    'effectiveness is 1.1: allowed is a share from 0 to 1',
  ],
];

describe('the domain of the closed forms', () => {
  it.each(mistakes)('refuses %s with field, value and what is allowed', (_what, mistake, message) => {
    expect(mistake).toThrow(new RangeError(message));
  });
});
