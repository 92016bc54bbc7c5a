import type { Row, Terms } from './linear-program.ts';

/** Transports whose times are a fixed part and a simple function of the number of machines. */
export const CALIBRATED = ['unicast', 'p2p', 'multicast'] as const;
export type CalibratedTransport = (typeof CALIBRATED)[number];

/** Time of the last of so many machines, from power-on to the end. */
export interface MeasuredCell {
  readonly transport: CalibratedTransport;
  readonly machines: number;
  readonly makespanS: number;
}

/** Which cell, without its time. */
export type CellPlace = Omit<MeasuredCell, 'makespanS'>;

/** What is not known [s]. Each is 0 at least. */
export const UNKNOWNS = {
  copy: 'one copy over the server’s link (A = F/u_s)',
  swarmCopy: 'one copy through the swarm (A and what the swarm loses)',
  unicastConnection: 'one copy over one unicast connection (X = F/c)',
  p2pConnection: 'one copy over one P2P connection (X = F/c)',
  machineCopy: 'one copy into one machine, by its link, decoder or disk (D = F/d)',
  oneOff: 'extra time of the run with one P2P machine',
  'fixed unicast': 'fixed part of unicast: boot, partitions, restart',
  'fixed p2p': 'fixed part of P2P: the same, and a write after the download',
  'fixed multicast':
    'fixed part of multicast: as of unicast, the wait for receivers, and what a slow sender takes longer',
} as const;
export type Unknown = keyof typeof UNKNOWNS;

/** What may hold machines up although the server's link would carry more. */
export interface Explanation {
  readonly name: string;
  readonly words: string;
  /** Unknowns that are no part of it: they are 0. */
  readonly without: readonly Unknown[];
  /** What else it says of the unknowns, beside that the swarm loses something. */
  readonly rows: readonly Row[];
}

/** The most that a swarm loses against the server's link: what webtorrent and libtorrent lose in labs is more. */
const MOST_SWARM_LOSS = 0.35;

const EXPLANATIONS: readonly Explanation[] = [
  {
    name: 'link alone',
    words: 'only the server’s link limits',
    without: ['unicastConnection', 'p2pConnection', 'machineCopy', 'oneOff'],
    rows: [],
  },
  {
    name: 'connection cap',
    words: 'no connection carries more than a certain rate, in all transports',
    without: ['machineCopy', 'oneOff'],
    rows: [{ terms: { unicastConnection: 1, p2pConnection: -1 }, min: 0, max: 0 }],
  },
  {
    name: 'machine limit',
    words: 'no machine takes in more than a certain rate, by its link, decoder or disk, in all transports',
    without: ['unicastConnection', 'p2pConnection', 'oneOff'],
    rows: [],
  },
  {
    name: 'seeder slots',
    words: 'a P2P machine gets no more than a share of the seeder; unicast has no such limit',
    without: ['unicastConnection', 'machineCopy', 'oneOff'],
    rows: [],
  },
  {
    name: 'limits of their own',
    words: 'one P2P connection and one unicast machine are limited each in its own way',
    without: ['machineCopy', 'oneOff'],
    rows: [],
  },
  {
    name: 'one-off cost',
    words: 'the run with one P2P machine lost time once, to something that has nothing to do with the number',
    without: ['unicastConnection', 'p2pConnection', 'machineCopy'],
    rows: [],
  },
];

/** Whether a table has a run with one P2P machine: of no other one is `oneOff` a part. */
export function hasOneP2pMachine(cells: readonly CellPlace[]): boolean {
  return cells.some(({ transport, machines }) => transport === 'p2p' && machines === 1);
}

/** What may be behind a table: a run that is not in it has no extra time that could be known. */
export function explanationsOf(cells: readonly CellPlace[]): readonly Explanation[] {
  return EXPLANATIONS.filter(({ name }) => name !== 'one-off cost' || hasOneP2pMachine(cells));
}

/** One way to resolve the "whichever is longer" of all cells: what is then known, and the time of each cell. */
export interface Regime {
  readonly rows: readonly Row[];
  readonly times: readonly Terms[];
}

/**
 * Time of cells, in the unknowns. In unicast a machine takes the longer of X and n A; in a swarm the first machine takes
 * the longer of X and A, and n machines the longer of X/n and what a copy takes through the swarm: each of them has a
 * connection to the server. By multicast all take one copy. Where the limit is D, that of each machine by itself, it
 * takes the place of X and of X/n, and multicast takes the longer of D and A: no explanation has both.
 * The longer one is the limit for few machines and the link for many, so there are at most as many regimes of a
 * transport as numbers of machines, and one more.
 */
export function regimesOf(cells: readonly CellPlace[], explanation: Explanation): Regime[] {
  const given: Row[] = [
    ...explanation.rows,
    ...explanation.without.map((unknown) => ({ terms: { [unknown]: 1 }, max: 0 })),
    { terms: { swarmCopy: 1, copy: -1 }, min: 0 },
    { terms: { swarmCopy: 1, copy: -1 - MOST_SWARM_LOSS }, max: 0 },
  ];
  return thresholdsOf(cells, explanation).map((upTo): Regime => {
    const parts = cells.map((cell) => partsOf(cell, explanation, upTo[cell.transport]));
    return {
      rows: [...given, ...parts.flatMap(({ row }) => (row ? [row] : []))],
      times: parts.map(({ time }) => time),
    };
  });
}

/** The number of machines up to which the limit is the longer one, by transport: all that make a difference. */
function thresholdsOf(
  cells: readonly CellPlace[],
  explanation: Explanation,
): Record<CalibratedTransport, number>[] {
  const of = (transport: CalibratedTransport): number[] => {
    const limited = cells.filter((cell) => cell.transport === transport && limitOf(cell, explanation));
    const alike = Map.groupBy(limited, (cell) => JSON.stringify([limitOf(cell, explanation), linkOf(cell)]));
    return [0, ...[...alike.values()].map((group) => Math.max(...group.map(({ machines }) => machines)))];
  };
  return of('unicast').flatMap((unicast) =>
    of('p2p').flatMap((p2p) => of('multicast').map((multicast) => ({ unicast, p2p, multicast }))),
  );
}

function partsOf(cell: CellPlace, explanation: Explanation, upTo: number): { time: Terms; row?: Row } {
  const [limit, link] = [limitOf(cell, explanation), linkOf(cell)];
  const isSingle = cell.transport === 'p2p' && cell.machines === 1;
  const around: Terms = { [`fixed ${cell.transport}`]: 1, ...(isSingle && { oneOff: 1 }) };
  if (limit === undefined) return { time: { ...around, ...link } };
  const difference: Terms = { ...limit, ...negated(link) };
  return cell.machines <= upTo
    ? { time: { ...around, ...limit }, row: { terms: difference, min: 0 } }
    : { time: { ...around, ...link }, row: { terms: difference, max: 0 } };
}

/** What a machine takes at least, however fast the server's link is; undefined where nothing but the link limits. */
function limitOf({ transport, machines }: CellPlace, { without }: Explanation): Terms | undefined {
  if (!without.includes('machineCopy')) return { machineCopy: 1 };
  if (transport === 'unicast' && !without.includes('unicastConnection')) return { unicastConnection: 1 };
  if (transport === 'p2p' && !without.includes('p2pConnection')) return { p2pConnection: 1 / machines };
  return undefined;
}

function linkOf({ transport, machines }: CellPlace): Terms {
  if (transport === 'unicast') return { copy: machines };
  return transport === 'multicast' || machines === 1 ? { copy: 1 } : { swarmCopy: 1 };
}

function negated(terms: Terms): Terms {
  return Object.fromEntries(Object.entries(terms).map(([name, value]) => [name, -value]));
}
