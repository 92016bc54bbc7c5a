import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { calibrateScenario } from '../../../src/bench/calibration/calibration-run.ts';
import { calibrationNotes, calibrationTables } from '../../../src/bench/calibration/calibration-tables.ts';
import { aScenarioFile } from '../scenario/a-scenario.ts';

/** The paper's scenario with other settings, or other cells beside it: each a publication of its own. */
async function aTable(cells: readonly string[], changes: (text: string) => string = (text) => text) {
  const text = await readFile(TABLE_1.file, 'utf8');
  const settings = changes(text.slice(0, text.indexOf('measured:')));
  return aScenarioFile(
    `${settings}measured:\n${cells.map((cell, place) => `  - { ${cell}, citation: mine ${place} }\n`).join('')}`,
  );
}

const TABLE_1 = { file: 'scenarios/table-1.yaml', tolerance: 0.05 };

describe('the calibration of a scenario', () => {
  it('lays the scenario’s own settings beside: the simulator gives the four cells within 5 %', async () => {
    const { own, cells } = await calibrateScenario(TABLE_1);
    const errors = cells.map(({ makespanS }, place) =>
      Math.abs(own.simulated[place]!.makespanS! / makespanS - 1),
    );
    expect(own.error).toBeCloseTo(Math.max(...errors), 9);
    expect(own.error).toBeLessThan(0.05);
    expect(own.isWithin).toBe(true);
  });

  it('says in words what the table tells and what would tell more', async () => {
    const notes = calibrationNotes(await calibrateScenario(TABLE_1)).join('\n');
    expect(notes).toContain('P2P takes 61.0 min less with 20 machines than with 1');
    expect(notes).toContain('the server’s link alone cannot be why');
    expect(notes).toContain('The scenario’s own settings fit: as simulated, the worst cell is off by 2.6 %');
    expect(notes).toMatch(
      /P2P with 2 machines would tell: .*9\d\.\d min by “connection cap”.*73\.1 min by “one-off cost”/,
    );
  });

  it('counts the scenario’s own settings as the simulator does: the limit of a machine, and all of multicast', async () => {
    const aroundS = 20 * 60;
    const slowestS = 18e9 / (20e6 / 8);
    const makespan = (seconds: number) => `makespan: ${aroundS + seconds} s`;
    const file = await aTable(
      [
        `transport: p2p, machines: 20, ${makespan(slowestS)}`,
        `transport: multicast, machines: 3, ${makespan(100 + 18e9 / (10e6 / 8))}`,
      ],
      (text) =>
        text
          .replace(
            'machine: { up: 94 Mbit/s, down: 94 Mbit/s }',
            'machine: { up: 94 Mbit/s, down: 20 Mbit/s }',
          )
          .replace('connectionCap: 27 Mbit/s', 'connectionCap: unlimited')
          .replace('boot: 21.4 min', `boot: ${aroundS} s`)
          .replace('{ diskWrite: serial }', '{}')
          .replace('unicast:', 'multicast: { rate: 10 Mbit/s, wait: 100 s }\n  unicast:'),
    );
    const { own } = await calibrateScenario({ ...TABLE_1, file, machines: [] });
    expect(own.error).toBeLessThan(0.01);
  });

  it('does not let a one-off cost make up for settings that do not fit', async () => {
    const uncapped = (text: string) => text.replace('connectionCap: 27 Mbit/s', 'connectionCap: unlimited');
    const file = await aTable(
      ['transport: p2p, machines: 1, makespan: 134 min', 'transport: p2p, machines: 20, makespan: 73 min'],
      uncapped,
    );
    const { own } = await calibrateScenario({ ...TABLE_1, file, machines: [] });
    expect(own.error).toBeGreaterThan(0.3);
    expect(own.isWithin).toBe(false);
  });

  it('says which cells were not used or not simulated, and why', async () => {
    const file = await aTable([
      'transport: p2p, machines: 1, makespan: 134 min',
      'transport: multicast, machines: 20, makespan: 80 min',
      'transport: clonezilla-unicast, machines: 1, makespan: 110 min',
      'transport: clonezilla-unicast, machines: 20, makespan: 533 min',
      'transport: aria2, machines: 1, makespan: 70 min',
    ]);
    const run = await calibrateScenario({ ...TABLE_1, file, machines: [] });
    expect(run.cells).toHaveLength(2);
    expect(run.notUsed).toEqual([
      { transport: 'clonezilla-unicast', machines: 1 },
      { transport: 'clonezilla-unicast', machines: 20 },
      { transport: 'aria2', machines: 1 },
    ]);
    const notes = calibrationNotes(run).join('\n');
    expect(notes).toContain(
      'Clonezilla unicast with 1 and 20 machines: lay it beside as `transport: unicast`, of which it is a kind.',
    );
    expect(notes).toContain('aria2 with 1 machine.');
    expect(notes).toContain('multicast was not simulated: the scenario has no `transports.multicast`.');
    expect(notes).not.toContain('P2P was not simulated');
  });

  it('extrapolates each transport to the numbers that were not measured of it', async () => {
    const file = await aTable([
      'transport: p2p, machines: 20, makespan: 73 min',
      'transport: unicast, machines: 50, makespan: 20 h',
    ]);
    const countsOf = async (machines?: readonly number[]) => {
      const { extrapolations } = await calibrateScenario({ ...TABLE_1, file, ...(machines && { machines }) });
      const byTransport = Map.groupBy(extrapolations, ({ transport }) => transport);
      return [...byTransport].map(([transport, cells]) => [transport, ...cells.map((cell) => cell.machines)]);
    };
    expect(await countsOf()).toEqual([
      ['p2p', 2, 3, 5, 10, 50, 100],
      ['unicast', 2, 3, 5, 10, 20, 100],
    ]);
    expect(await countsOf([20, 50])).toEqual([
      ['p2p', 20, 50],
      ['unicast', 20, 50],
    ]);
  });

  it('compares few machines with many, in whatever order they stand, and blames no cap for noise', async () => {
    const notesOf = async (...cells: readonly (readonly [machines: number, minutes: number])[]) => {
      const file = await aTable(
        cells.map(([machines, minutes]) => `transport: p2p, machines: ${machines}, makespan: ${minutes} min`),
      );
      return calibrationNotes(await calibrateScenario({ ...TABLE_1, file, machines: [] })).join('\n');
    };
    const notAlone = 'the server’s link alone cannot be why';
    const falling = await notesOf([20, 73], [1, 134]);
    expect(falling).toContain('P2P takes 61.0 min less with 20 machines than with 1');
    expect(falling).toContain(notAlone);
    const rising = await notesOf([20, 134], [1, 133]);
    expect(rising).toContain('P2P takes 60.0 s more with 20 machines than with 1');
    const noise = await notesOf([1, 134], [20, 133]);
    expect(noise).toContain('P2P takes 60.0 s less with 20 machines than with 1');
    expect(noise).not.toContain(notAlone);
    expect(await notesOf([20, 134], [20, 133])).not.toContain('whatever the fixed part is');
  });

  it('says that nothing fits where that is so, and of what the ranges are', async () => {
    const cell = (minutes: number) => `transport: p2p, machines: 20, makespan: ${minutes} min`;
    const file = await aTable([100, 200, 300].map(cell));
    const run = await calibrateScenario({ ...TABLE_1, file });
    const notes = calibrationNotes(run);
    expect(notes[0]).toBe('Nothing fits within 5.0 %; ranges are of what comes nearest (50.0 %).');
    expect(notes.join('\n')).toContain('The scenario’s own settings do not fit');
    const headings = calibrationTables(run).map(({ heading }) => heading);
    expect(headings.at(-1)).toBe('Other numbers of machines, over all sets that come nearest');
  });

  it('calls known what all sets tell alike that fit as well as was asked for', async () => {
    const known = async (tolerance: number) => {
      const tables = calibrationTables(await calibrateScenario({ ...TABLE_1, tolerance, machines: [] }));
      const { table } = tables.find(({ heading }) => heading.startsWith('What is known'))!;
      return table.rows.find(([words]) => words!.startsWith('one copy'))!.at(-1);
    };
    // 20 copies take 533 min less a part of at most 110 min; with 5 % more or less, 20.6 to 28 min.
    expect(await known(0.001)).toMatch(/^to 9\.\d %$/);
    expect(await known(0.05)).toBe('no');
  });

  it('has tables whose rows are as wide as their heads', async () => {
    for (const { table } of calibrationTables(await calibrateScenario(TABLE_1)))
      for (const row of table.rows) expect(row).toHaveLength(table.columns.length);
  });

  it('is refused where nothing was measured', async () => {
    await expect(calibrateScenario({ ...TABLE_1, file: 'scenarios/growth.yaml' })).rejects.toThrow(
      'scenarios/growth.yaml has no measured cells',
    );
  });
});
