import { describe, expect, it } from 'vitest';
import { cellDetails } from '../../../src/bench/metrics/cell.ts';
import type { Figure } from '../../../src/bench/swarm-bench/figure.ts';
import { type Goal, type GoalRow, goalRow, verdictOf } from '../../../src/bench/swarm-bench/goal.ts';
import { goalTable } from '../../../src/bench/swarm-bench/goal-table.ts';
import { aRecord } from '../a-record.ts';

const known = (value: number, isAtLeast = false): Figure => ({ kind: 'known', value, isAtLeast });

describe('a goal', () => {
  it.each<[Goal, Figure, string]>([
    [{ atMost: 1.1 }, known(1.1), 'met'],
    [{ atMost: 1.1 }, known(1.1001), 'missed'],
    [{ atMost: 1.1 }, known(1, true), 'missed'],
    [{ atLeast: 1.5 }, known(1.5), 'met'],
    [{ atLeast: 1.5 }, known(1.4999), 'missed'],
    [{ atLeast: 1.5 }, known(1.6, true), 'met'],
    [{ atMost: 1.1 }, { kind: 'unfinished' }, 'missed'],
    [{ atLeast: 1 }, { kind: 'missing' }, 'not measured'],
  ])('%j with %j is %s', (goal, figure, verdict) => {
    expect(verdictOf({ goal, figure })).toBe(verdict);
  });
});

describe('the table of goals', () => {
  const aRow = (changes: Partial<GoalRow> = {}): GoalRow => ({
    what: 'transfer / bound',
    goal: { atMost: 1.1 },
    figure: known(1.0649),
    runs: 3,
    busyShare: 0.4,
    ...changes,
  });

  it('has a line for each goal, with the name of its case once', () => {
    const { rows } = goalTable([
      { name: 'limit', rows: [aRow(), aRow({ what: 'server copies' })] },
      { name: 'churn', rows: [aRow({ figure: known(1.2) })] },
    ]);
    expect(rows).toEqual([
      ['limit', 'transfer / bound', 'at most 1.1', '1.065', 'met', '3', '40 %'],
      ['', 'server copies', 'at most 1.1', '1.065', 'met', '3', '40 %'],
      ['churn', 'transfer / bound', 'at most 1.1', '1.200', 'missed', '3', '40 %'],
    ]);
  });

  it('shows what is larger than measured, what did not finish, and what is missing', () => {
    const figures: Figure[] = [known(6.5, true), { kind: 'unfinished' }, { kind: 'missing' }];
    const { rows } = goalTable([{ name: 'limit', rows: figures.map((figure) => aRow({ figure })) }]);
    expect(rows.map((row) => row[3])).toEqual(['> 6.500', 'not finished', '']);
  });

  it('marks a computer that was busy', () => {
    const { rows } = goalTable([
      { name: 'limit', rows: [aRow({ busyShare: 0.61 }), aRow({ busyShare: null })] },
    ]);
    expect(rows.map((row) => row[6])).toEqual(['61 % ‡', '']);
  });

  it('counts the runs of our client, and the busiest of all', () => {
    const runs = [1, 2].map((randomSeed) => aRecord({ randomSeed, busyShare: randomSeed / 10 }));
    const rival = aRecord({ transport: 'aria2', busyShare: 0.9 });
    const [own, other] = cellDetails([...runs, rival]);
    const row = goalRow('speed', { atLeast: 1 }, { figure: known(2), details: [own, other] });
    expect(row).toMatchObject({ runs: 2, busyShare: 0.9 });
  });
});
