import Table from 'cli-table3';
import type { SimGridComparison } from '../bench/index.ts';

const KIND_WORDS: Readonly<Record<string, string>> = { notInterested: 'not interested', all: 'all messages' };

/** SimGrid's example beside our message-level swarm, and what has to be known to read it. */
export function simGridTable(comparison: SimGridComparison): string {
  const { version, cpuS, cpuUsPerMessage, peakRssMB, makespanS, messages } = comparison;
  const table = new Table({
    head: ['simgrid-1000x10', 'swarmboot', `SimGrid ${version}`, 'SimGrid / swarmboot', 'Goal'],
    colAligns: ['left', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  });
  table.push(
    ['CPU-s', cpuS.ours.toFixed(2), cpuS.simGrid.toFixed(2), cpuS.timesLess.toFixed(1), `${cpuS.goal}`],
    [
      'CPU-us per message',
      ...[cpuUsPerMessage.ours, cpuUsPerMessage.simGrid].map((us) => us.toFixed(2)),
      cpuUsPerMessage.timesLess.toFixed(1),
      '',
    ],
    [
      'peak memory',
      `${peakRssMB.ours} MB`,
      `${peakRssMB.simGrid} MB`,
      peakRssMB.timesLess.toFixed(1),
      `${peakRssMB.goal}`,
    ],
    [
      'last peer done',
      `${makespanS.ours.toFixed(0)} s`,
      `${makespanS.simGrid.toFixed(0)} s`,
      makespanS.timesLess.toFixed(2),
      '',
    ],
    ...Object.entries(messages).map(([kind, { ours, simGrid, timesLess }]) => [
      KIND_WORDS[kind] ?? kind,
      ...[ours, simGrid].map((count) => count.toLocaleString('en')),
      timesLess.toFixed(2),
      '',
    ]),
  );
  return `${table.toString()}\n${NOTES}`;
}

const NOTES = `Both: the same links, latency, pieces, requests and rules; all peers are done. What is equal and what differs stands in
src/sim/README.md. Ours is the slower of a run before and one after SimGrid's, from the start of the simulation on; SimGrid's
is the whole process. Its messages are counted in a run of their own.`;

/** Why there is no such table. */
export function simGridMissing(missing: readonly string[]): string {
  return `SimGrid's example was not run, so there is nothing to hold simgrid-1000x10 against. Missing:\n${missing.map((part) => `  - ${part}`).join('\n')}`;
}
