import { describe, expect, it } from 'vitest';
import { Simulation } from '../../../src/sim/kernel/simulation.ts';

/** A simulation that notes at what time each instant was settled. */
function aSimulation(): { simulation: Simulation; settledAt: number[] } {
  const simulation = new Simulation();
  const settledAt: number[] = [];
  simulation.onInstantOver(() => settledAt.push(simulation.now));
  return { simulation, settledAt };
}

describe('simulation', () => {
  it('settles once per instant, however many events it has', () => {
    const { simulation, settledAt } = aSimulation();
    for (const delayS of [2, 1, 1, 3, 1, 2]) simulation.after(delayS, () => {});
    simulation.run();
    expect(settledAt).toEqual([0, 1, 2, 3]);
  });

  it('settles after the events that other events of the instant have added to it', () => {
    const { simulation, settledAt } = aSimulation();
    const order: string[] = [];
    simulation.after(1, () => {
      order.push(`first, ${settledAt.length} settled`);
      simulation.after(0, () => order.push(`added, ${settledAt.length} settled`));
    });
    simulation.run();
    expect(order).toEqual(['first, 1 settled', 'added, 1 settled']);
    expect(settledAt).toEqual([0, 1]);
  });

  it('runs what settling schedules for the same instant before time moves on, and settles again', () => {
    const simulation = new Simulation();
    const order: string[] = [];
    let hasAdded = false;
    simulation.onInstantOver(() => {
      order.push(`settled at ${simulation.now}`);
      if (simulation.now === 0 || hasAdded) return;
      hasAdded = true;
      simulation.after(0, () => order.push(`added at ${simulation.now}`));
    });
    simulation.after(1, () => {});
    simulation.after(2, () => order.push('next'));
    simulation.run();
    expect(order).toEqual([
      'settled at 0',
      'settled at 1',
      'added at 1',
      'settled at 1',
      'next',
      'settled at 2',
    ]);
  });

  it('runs the events of one instant in the order in which they were scheduled', () => {
    const { simulation } = aSimulation();
    const order: number[] = [];
    for (const event of [1, 2, 3]) simulation.after(5, () => order.push(event));
    simulation.run();
    expect(order).toEqual([1, 2, 3]);
  });

  it('runs a moved event once, at its last time', () => {
    const { simulation } = aSimulation();
    const ranAt: number[] = [];
    const event = simulation.open(() => ranAt.push(simulation.now));
    simulation.schedule(event, 1);
    simulation.schedule(event, 4);
    simulation.after(2, () => simulation.schedule(event, 3));
    simulation.run();
    expect(ranAt).toEqual([3]);
  });

  it('does not run an event that was cancelled or closed', () => {
    const { simulation } = aSimulation();
    const ran: string[] = [];
    const cancelled = simulation.open(() => ran.push('cancelled'));
    const closed = simulation.open(() => ran.push('closed'));
    for (const event of [cancelled, closed]) simulation.schedule(event, 1);
    simulation.cancel(cancelled);
    simulation.close(closed);
    simulation.after(2, () => ran.push('left alone'));
    simulation.run();
    expect(ran).toEqual(['left alone']);
  });
});
