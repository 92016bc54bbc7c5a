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
  oneOff: 'extra time of the run with one P2P machine',
  'fixed unicast': 'fixed part of unicast: boot, partitions, restart',
  'fixed p2p': 'fixed part of P2P: the same, and a write after the download',
  'fixed multicast': 'fixed part of multicast',
} as const;
export type Unknown = keyof typeof UNKNOWNS;

/** What may hold a single machine up although the server's link would carry more. */
export interface Explanation {
  readonly name: string;
  readonly words: string;
  /** What it says of the unknowns, beside that the swarm loses something. */
  readonly rows: readonly Row[];
}

/** The most that a swarm loses against the server's link: what webtorrent and libtorrent lose in labs is more. */
const MOST_SWARM_LOSS = 0.35;

const none = (unknown: Unknown): Row => ({ terms: { [unknown]: 1 }, max: 0 });

export const EXPLANATIONS: readonly Explanation[] = [
  {
    name: 'link alone',
    words: 'only the server’s link limits',
    rows: [none('unicastConnection'), none('p2pConnection'), none('oneOff')],
  },
  {
    name: 'connection cap',
    words: 'no connection carries more than a certain rate, in all transports',
    rows: [none('oneOff'), { terms: { unicastConnection: 1, p2pConnection: -1 }, min: 0, max: 0 }],
  },
  {
    name: 'seeder slots',
    words: 'a P2P machine gets no more than a share of the seeder; unicast has no such limit',
    rows: [none('oneOff'), none('unicastConnection')],
  },
  {
    name: 'limits of their own',
    words: 'one P2P connection and one unicast machine are limited each in its own way, as by decompression',
    rows: [none('oneOff')],
  },
  {
    name: 'one-off cost',
    words: 'the run with one P2P machine lost time once, to something that has nothing to do with the number',
    rows: [none('unicastConnection'), none('p2pConnection')],
  },
];

/** One way to resolve the "whichever is longer" of all cells: what is then known, and the time of each cell. */
export interface Regime {
  readonly rows: readonly Row[];
  readonly times: readonly Terms[];
}

/**
 * Time of cells, in the unknowns. In unicast a machine takes the longer of X and n A; in a swarm the first machine takes
 * the longer of X and A, and n machines the longer of X/n and what a copy takes through the swarm: each of them has a
 * connection to the server. By multicast all take one copy. The longer one is X for few machines and the link for many,
 * so there are as many regimes as numbers of machines, and one more.
 */
export function regimesOf(cells: readonly CellPlace[], { rows }: Explanation): Regime[] {
  const swarm: Row[] = [
    { terms: { swarmCopy: 1, copy: -1 }, min: 0 },
    { terms: { swarmCopy: 1, copy: -1 - MOST_SWARM_LOSS }, max: 0 },
  ];
  const counts = (transport: CalibratedTransport) =>
    [...new Set(cells.filter((cell) => cell.transport === transport).map(({ machines }) => machines))].sort(
      (one, other) => one - other,
    );
  return thresholds(counts('unicast')).flatMap((unicast) =>
    thresholds(counts('p2p')).map((p2p): Regime => {
      const parts = cells.map((cell) => partsOf(cell, cell.transport === 'unicast' ? unicast : p2p));
      return {
        rows: [...rows, ...swarm, ...parts.flatMap(({ row }) => (row ? [row] : []))],
        times: parts.map(({ time }) => time),
      };
    }),
  );
}

/** The number of machines up to which a connection is the longer one. */
function thresholds(counts: readonly number[]): number[] {
  return [0, ...counts];
}

function partsOf({ transport, machines }: CellPlace, upTo: number): { time: Terms; row?: Row } {
  const fixed = `fixed ${transport}`;
  if (transport === 'multicast') return { time: { [fixed]: 1, copy: 1 } };
  const isUnicast = transport === 'unicast';
  const connection: Terms = isUnicast ? { unicastConnection: 1 } : { p2pConnection: 1 / machines };
  const link: Terms = linkOf(isUnicast, machines);
  const difference: Terms = { ...connection, ...negated(link) };
  const oneOff: Terms = !isUnicast && machines === 1 ? { oneOff: 1 } : {};
  return machines <= upTo
    ? { time: { [fixed]: 1, ...oneOff, ...connection }, row: { terms: difference, min: 0 } }
    : { time: { [fixed]: 1, ...oneOff, ...link }, row: { terms: difference, max: 0 } };
}

function linkOf(isUnicast: boolean, machines: number): Terms {
  if (isUnicast) return { copy: machines };
  return machines === 1 ? { copy: 1 } : { swarmCopy: 1 };
}

function negated(terms: Terms): Terms {
  return Object.fromEntries(Object.entries(terms).map(([name, value]) => [name, -value]));
}
