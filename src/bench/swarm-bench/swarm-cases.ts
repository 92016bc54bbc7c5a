import { machineName } from '../executors/fleet.ts';
import { wireSize } from '../scenario/wire-size.ts';
import {
  cellOf,
  figureOf,
  groupTransferS,
  onceSeederLeft,
  quotient,
  timesAsFast,
  timesBound,
  verifiedShare,
} from './figure.ts';
import { type GoalRow, goalRow } from './goal.ts';
import type { CaseAnswer, SwarmCase } from './swarm-case.ts';

const GIB = 2 ** 30;
/** After so many the seeder of `swarm-seeder-leaves` leaves; one that need not send as many stays. */
const SEEDER_COPIES = 1.1;
/** Machines of the lab in the main case. */
const MANY = 20;

/** All that our swarm is held against, in the order in which it is told. */
export const SWARM_CASES: readonly SwarmCase[] = [
  { name: 'limit', scenario: 'swarm-limit', rows: limitRows },
  { name: 'large', scenario: 'swarm-large', rows: largeRows },
  { name: 'unshaped', scenario: 'swarm-unshaped', rows: unshapedRows },
  { name: 'slow', scenario: 'swarm-slow', rows: slowRows },
  { name: 'seeder-leaves', scenario: 'swarm-seeder-leaves', rows: seederRows },
  { name: 'churn', scenario: 'swarm-churn', rows: churnRows },
  { name: 'wan', scenario: 'wan', rows: wanRows },
];

function limitRows({ records }: CaseAnswer): GoalRow[] {
  const many = cellOf(records, { transport: 'p2p', machines: MANY });
  const rival = (transport: 'aria2' | 'libtorrent' | 'multicast' | 'unicast') =>
    cellOf(records, { transport, machines: MANY });
  const bounds = [
    [MANY, 1.1],
    [1, 1.03],
    [2, 1.05],
    [5, 1.07],
    [10, 1.08],
  ] as const;
  const speeds = [
    ['aria2', 1.5],
    ['libtorrent', 1.5],
    ['multicast', 1],
    ['unicast', 16],
  ] as const;
  const cpuS = { own: figureOf(many, machinesCpuS), aria2: figureOf(rival('aria2'), machinesCpuS) };
  return [
    ...bounds.map(([machines, atMost]) => boundRow(records, machines, atMost)),
    goalRow(
      `${MANY} machines: server copies`,
      { atMost: 1.1 },
      { figure: figureOf(many, ({ cell }) => cell.serverLinkCopies), details: [many] },
    ),
    ...speeds.map(([transport, atLeast]) =>
      goalRow(
        `${MANY} machines: times as fast as ${transport}`,
        { atLeast },
        { figure: timesAsFast(many, rival(transport)), details: [many, rival(transport)] },
      ),
    ),
    goalRow(
      `${MANY} machines: their CPU seconds / aria2’s`,
      { atMost: 1 },
      { figure: quotient(cpuS.own, cpuS.aria2), details: [many, rival('aria2')] },
    ),
  ];
}

const machinesCpuS: Parameters<typeof figureOf>[1] = ({ cell }) => cell.machinesCpuS;

function largeRows({ records }: CaseAnswer): GoalRow[] {
  return [boundRow(records, 50, 1.15), boundRow(records, 100, 1.18)];
}

function boundRow(records: CaseAnswer['records'], machines: number, atMost: number): GoalRow {
  const detail = cellOf(records, { transport: 'p2p', machines });
  const what = `${machines} machine${machines === 1 ? '' : 's'}: transfer / bound`;
  return goalRow(what, { atMost }, { figure: timesBound(detail), details: [detail] });
}

function unshapedRows({ records }: CaseAnswer): GoalRow[] {
  const cell = (transport: 'p2p' | 'aria2' | 'libtorrent') => cellOf(records, { transport, machines: 1 });
  const own = cell('p2p');
  const perGib = (cpuS: number | null, wireBytes: number) =>
    cpuS === null ? null : (cpuS * GIB) / wireBytes;
  const cpuRow = (what: string, atMost: number, part: 'machinesCpuS' | 'serverCpuS') =>
    goalRow(
      what,
      { atMost },
      {
        figure: figureOf(own, (detail) => perGib(detail.cell[part], detail.runs[0]!.wireBytes)),
        details: [own],
      },
    );
  const speedRow = (rival: 'aria2' | 'libtorrent', atLeast: number) =>
    goalRow(
      `rate / ${rival}’s`,
      { atLeast },
      { figure: timesAsFast(own, cell(rival)), details: [own, cell(rival)] },
    );
  return [
    speedRow('libtorrent', 1.2),
    speedRow('aria2', 2),
    cpuRow('machine: CPU seconds per GiB', 2.2, 'machinesCpuS'),
    cpuRow('server: CPU seconds per GiB', 1.7, 'serverCpuS'),
  ];
}

/** Names of the machines from one number to another, both included. */
function machinesFrom(first: number, last: number): ReadonlySet<string> {
  return new Set(Array.from({ length: last - first + 1 }, (_, index) => machineName(first + index)));
}

function slowRows({ records }: CaseAnswer): GoalRow[] {
  const alone = cellOf(records, { transport: 'p2p', machines: 19 });
  const disturbed = cellOf(records, { transport: 'p2p', machines: 20, variant: 'one-slow' });
  const figure = quotient(
    groupTransferS(disturbed, machinesFrom(2, 20)),
    groupTransferS(alone, machinesFrom(1, 19)),
  );
  const what = 'the 19 others: transfer / without the slow one';
  return [goalRow(what, { atMost: 1.05 }, { figure, details: [disturbed, alone] })];
}

function seederRows({ records }: CaseAnswer): GoalRow[] {
  const detail = cellOf(records, { transport: 'p2p', machines: MANY });
  const figure = onceSeederLeft(detail, SEEDER_COPIES, verifiedShare(detail, machinesFrom(1, MANY)));
  const what = 'share of the machines that finish when the seeder has left';
  return [goalRow(what, { atLeast: 1 }, { figure, details: [detail] })];
}

function churnRows({ records }: CaseAnswer): GoalRow[] {
  const calm = cellOf(records, { transport: 'p2p', machines: 20 });
  const churned = cellOf(records, { transport: 'p2p', machines: 24, variant: 'churn' });
  const rest = machinesFrom(1, 16);
  return [
    goalRow(
      'the 16 that stay: transfer / without churn',
      { atMost: 1.1 },
      {
        figure: quotient(groupTransferS(churned, rest), groupTransferS(calm, rest)),
        details: [churned, calm],
      },
    ),
    goalRow(
      'share of those that join which finish',
      { atLeast: 1 },
      { figure: verifiedShare(churned, machinesFrom(21, 24)), details: [churned] },
    ),
  ];
}

/** The far site is the second. */
const FAR = 1;

function wanRows({ records, scenario }: CaseAnswer): GoalRow[] {
  const { image, network } = scenario.plain;
  const crossingS = wireSize(image) / network.sites![FAR]!.wan.down;
  return [
    ['', 'two sites'],
    ['nat', 'far site behind a NAT'],
  ].flatMap(([variant, words]) => {
    const detail = cellOf(records, { transport: 'p2p', machines: MANY, variant: variant! });
    return [
      goalRow(
        `${words}: copies into the far site`,
        { atMost: 1.1 },
        { figure: figureOf(detail, ({ cell }) => cell.wanCopies), details: [detail] },
      ),
      goalRow(
        `${words}: transfer / a copy over the WAN`,
        { atMost: 1.15 },
        {
          figure: figureOf(detail, ({ cell }) => (cell.transferS ? cell.transferS.median / crossingS : null)),
          details: [detail],
        },
      ),
    ];
  });
}
