import { describe, expect, it } from 'vitest';
import { EffectQueue } from '../../../src/engine/swarm/effect-queue.ts';
import type { SwarmEffect } from '../../../src/engine/swarm/torrent/swarm-effect.ts';

const saying = (peer: number, kind: 'interested' | 'notInterested'): SwarmEffect => ({
  kind: 'sendMessage',
  peer,
  message: { kind },
});

describe('the effects of a swarm', () => {
  it('that follow from doing one come behind those that were decided before', () => {
    const said: string[] = [];
    const queue = new EffectQueue((effect) => {
      if (effect.kind === 'dropPeer') queue.add([saying(1, 'interested')]);
      else if (effect.kind === 'sendMessage') said.push(effect.message.kind);
    });
    queue.add([{ kind: 'dropPeer', peer: 2, reason: 'it is silent' }, saying(1, 'notInterested')]);
    expect(said).toEqual(['notInterested', 'interested']);
  });

  it('are done after one of them has failed, and that one is not done again', () => {
    const done: string[] = [];
    const queue = new EffectQueue((effect) => {
      done.push(effect.kind);
      if (effect.kind === 'finish') throw new Error('nobody listens');
    });
    expect(() => queue.add([{ kind: 'finish' }])).toThrow('nobody listens');
    queue.add([{ kind: 'abandonPiece', piece: 1 }]);
    expect(done).toEqual(['finish', 'abandonPiece']);
  });
});
