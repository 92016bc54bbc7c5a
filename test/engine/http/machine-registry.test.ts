import { describe, expect, it } from 'vitest';
import { MachineRegistry } from '../../../src/engine/http/machine-registry.ts';

const MACHINE = { ids: ['52:54:00:00:00:01', 'Board-UUID'], firmware: 'bios', memoryBytes: 1, disks: [] };

function aRegistry(...armed: string[]): MachineRegistry {
  const registry = new MachineRegistry('images/lab/1');
  for (const id of armed) registry.arm(id);
  return registry;
}

describe('the machines of a deployment', () => {
  it('are not written to unless an operator has armed them', () => {
    const { status, body } = aRegistry('52:54:00:00:00:02').register(MACHINE);
    expect(status).toBe(403);
    expect(body).toEqual({
      error: '52:54:00:00:00:01, board-uuid is not armed: it boots from its own disk',
    });
  });

  it.each(['52:54:00:00:00:01', 'BOARD-uuid'])('are armed by %s', (id) => {
    expect(aRegistry(id).register(MACHINE)).toMatchObject({
      status: 200,
      body: { machine: id.toLowerCase() },
    });
  });

  it('go on after a power cut, and the server knows that they have begun', () => {
    const registry = aRegistry('board-uuid');
    expect(registry.register(MACHINE).body).toMatchObject({ isResumed: false });
    expect(registry.register(MACHINE).body).toMatchObject({ isResumed: true });
    registry.fail({ machine: 'board-uuid', code: 'SWARM', message: 'the tracker is away' });
    expect(registry.machines[0]).toMatchObject({ state: 'failed', failure: 'SWARM: the tracker is away' });
    expect(registry.register(MACHINE).body).toMatchObject({ isResumed: true });
  });

  it('are deployed once for each arming', () => {
    const registry = aRegistry('board-uuid');
    registry.register(MACHINE);
    registry.verify({ machine: 'board-uuid' });
    registry.finish({ machine: 'board-uuid' });
    expect(registry.register(MACHINE)).toMatchObject({
      status: 403,
      body: { error: expect.stringContaining('was deployed already, and arming it counts once') },
    });
    registry.arm('board-uuid');
    expect(registry.register(MACHINE).status).toBe(200);
  });

  it('are released when nobody is left who wants anything, or when the operator says so', () => {
    const registry = aRegistry('board-uuid', 'other');
    registry.register(MACHINE);
    registry.verify({ machine: 'board-uuid' });
    expect(registry.isReleased).toBe(false);
    registry.release();
    expect(registry.isReleased).toBe(true);
  });

  it('report how far they are', () => {
    const registry = aRegistry('board-uuid');
    expect(registry.progress({ machine: 'board-uuid', phase: 'scan', share: 0.5 }).status).toBe(409);
    registry.register(MACHINE);
    registry.progress({ machine: 'board-uuid', phase: 'scan', share: 0.5 });
    expect(registry.machines).toEqual([
      { machine: 'board-uuid', state: 'deploying', phase: 'scan', share: 0.5 },
    ]);
  });
});
