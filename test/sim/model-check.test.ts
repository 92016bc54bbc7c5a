import { describe, expect, it } from 'vitest';
import { assertModel } from '../../src/sim/model-check.ts';
import { aModel, aMulticast, aSwarm } from './a-model.ts';

type Wishes = Parameters<typeof aModel>[0];

const link = { upBps: 1, downBps: 1 };
const nonsense: readonly [what: string, wishes: Wishes, field: string][] = [
  ['an empty image', { wireBytes: 0 }, 'wireBytes'],
  ['a raw image that is no number', { rawBytes: Number.NaN }, 'rawBytes'],
  ['pieces of negative length', { pieceBytes: -1 }, 'pieceBytes'],
  ['rates that may be anything', { rateTolerance: 0.5 }, 'rateTolerance'],
  ['connections that carry nothing', { connectionCapBps: 0 }, 'connectionCapBps'],
  ['a server without uplink', { server: { ...link, upBps: 0 } }, 'server.upBps'],
  [
    'a machine without downlink',
    { machines: [{}, { link: { ...link, downBps: 0 } }] },
    'machines[1].link.downBps',
  ],
  ['a machine at a site that is not there', { machines: [{ site: 1 }] }, 'machines[0].site'],
  ['a disk that cannot be written', { disk: { writeBps: 0 } }, 'disk.writeBps'],
  ['no machines', { machines: 0 }, 'machines'],
  ['no sites', { sites: [] }, 'sites'],
];

const SLICES = { packets: 16, isFullDuplex: true, askAgainS: 0 };

describe('model check', () => {
  it('lets a model pass that makes sense', () => {
    expect(() => assertModel(aModel())).not.toThrow();
  });

  it.each(nonsense)('refuses %s and names the field', (_what, wishes, field) => {
    expect(() => assertModel(aModel(wishes))).toThrow(RangeError);
    expect(() => assertModel(aModel(wishes))).toThrow(`${field}: `);
  });

  it.each<[what: string, wishes: Wishes]>([
    ['total loss, which would be repaired for ever', { loss: 1, transport: aMulticast() }],
    ['packets of no bytes, which would be sent for ever', { transport: aMulticast({ packetBytes: 0 }) }],
    ['a WAN link that carries nothing', { sites: [{ name: 'home', wan: { upBps: 0, downBps: 1 } }] }],
    [
      'a switch that carries nothing',
      { sites: [{ name: 'home', wan: { upBps: 1, downBps: 1 }, backplaneBps: 0 }] },
    ],
    ['no processors for all', { processors: { count: 0, perByteS: 1, perMachineS: 0 } }],
    ['bytes that take no work', { processors: { count: 2, perByteS: 0, perMachineS: 1 } }],
    ['work that was done before', { processors: { count: 2, perByteS: 1, perMachineS: -1 } }],
    ['a sender that waits for less than no time', { transport: aMulticast({ dropAfterS: -1 }) }],
    ['time that goes backwards', { latencyS: -1 }],
    ['half a piece at random', { transport: aSwarm({ randomFirst: 0.5 }) }],
    ['slices of no packets', { transport: aMulticast({ slices: { ...SLICES, packets: 0 } }) }],
    ['a sender that asks again before', { transport: aMulticast({ slices: { ...SLICES, askAgainS: -1 } }) }],
    ['two ways to repair', { transport: aMulticast({ slices: SLICES, isCarousel: true }) }],
    ['a repair by no blocks', { transport: aMulticast({ repair: { swarm: aSwarm(), blockBytes: 0.5 } }) }],
    [
      'a repair by a swarm that makes no sense',
      { transport: aMulticast({ repair: { swarm: aSwarm({ neighbours: 0 }), blockBytes: 1 } }) },
    ],
    ['a tracker that is asked all the time', { transport: aSwarm({ announceS: 0 }) }],
    ['peers that tell each other all the time', { transport: aSwarm({ pexS: 0 }) }],
    ['machines without connections', { transport: aSwarm({ mostConnections: 0 }) }],
    ['a swarm without upload slots', { transport: aSwarm({ uploadSlots: 0 }) }],
  ])('refuses %s', (_what, wishes) => {
    expect(() => assertModel(aModel(wishes))).toThrow(RangeError);
  });
});
