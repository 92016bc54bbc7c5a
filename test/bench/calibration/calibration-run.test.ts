import { describe, expect, it } from 'vitest';
import { calibrateScenario } from '../../../src/bench/calibration/calibration-run.ts';
import { calibrationNotes, calibrationTables } from '../../../src/bench/calibration/calibration-tables.ts';

const TABLE_1 = { file: 'scenarios/table-1.yaml', tolerance: 0.05 };

describe('the calibration of a scenario', () => {
  it('lays the scenario’s own settings beside: they fit, and the simulator gives the four cells within 5 %', async () => {
    const { own, cells } = await calibrateScenario(TABLE_1);
    expect(own.explanation).toBe('connection cap');
    expect(own.error).toBeLessThan(0.01);
    for (const [place, { makespanS }] of cells.entries())
      expect(Math.abs(own.simulatedS[place]! / makespanS - 1)).toBeLessThan(0.05);
  });

  it('says in words what the table tells and what would tell more', async () => {
    const notes = calibrationNotes(await calibrateScenario(TABLE_1)).join('\n');
    expect(notes).toContain('P2P takes 61.0 min less with 20 machines than with 1');
    expect(notes).toContain('the server’s link alone cannot be why');
    expect(notes).toContain('The scenario’s own settings are among the sets that fit');
    expect(notes).toMatch(
      /P2P with 2 machines would tell: .*9\d\.\d min by “connection cap”.*73\.1 min by “one-off cost”/,
    );
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
