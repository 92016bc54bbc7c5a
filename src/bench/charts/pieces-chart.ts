import type { TopLevelSpec } from 'vega-lite';
import type { CellDetail } from '../metrics/cell.ts';
import { counted, SOURCE_WORDS, TRANSPORT_WORDS, variantWords } from '../metrics/plain-words.ts';
import { timeUnitFor } from '../metrics/readable-units.ts';
import type { RunRecord } from '../record/run-record.ts';
import type { Chart } from './chart.ts';
import { CHART_CONFIG } from './chart-style.ts';

const TITLE = 'When each piece reached each machine';
const WIDTH = 560;
/** Height of a machine's row [px], and of all rows together at least and at most. */
const ROW = 16;
const LEAST_HEIGHT = 80;
const MOST_HEIGHT = 420;

/** A piece that came to a machine. */
interface Arrival {
  readonly machine: string;
  readonly piece: number;
  readonly timeS: number;
}

/** Heat map of the first run of several pieces of which it is known when each came; undefined where there is none. */
export function piecesChart(details: readonly CellDetail[]): Chart | undefined {
  const run = details
    .flatMap(({ runs }) => runs)
    .find(({ fleet }) => fleet.some(({ pieceTimesS = [] }) => pieceTimesS.length > 1));
  if (!run) return undefined;
  const arrivals = arrivalsOf(run);
  if (arrivals.length === 0) return undefined;
  const [startS, endS] = [run.barrierS, arrivals.at(-1)!.timeS];
  const caption = captionOf(run);
  return {
    name: 'pieces',
    title: TITLE,
    caption,
    spec: specOf(arrivals, { startS, endS, caption, machines: run.fleet.length }),
    appearances: arrivals.map(({ timeS }) => (endS === startS ? 1 : (timeS - startS) / (endS - startS))),
  };
}

/** In the order of time. */
function arrivalsOf({ fleet }: RunRecord): Arrival[] {
  return fleet
    .flatMap(({ machine, pieceTimesS = [] }) =>
      pieceTimesS.flatMap((timeS, piece) => (timeS === null ? [] : [{ machine, piece, timeS }])),
    )
    .sort((one, other) => one.timeS - other.timeS);
}

function specOf(
  arrivals: readonly Arrival[],
  { startS, endS, caption, machines }: { startS: number; endS: number; caption: string; machines: number },
): TopLevelSpec {
  const { sign, seconds } = timeUnitFor(endS - startS);
  const pieces = Math.max(...arrivals.map(({ piece }) => piece)) + 1;
  const spec = {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    description: caption,
    title: TITLE,
    config: CHART_CONFIG,
    width: WIDTH,
    height: Math.min(MOST_HEIGHT, Math.max(LEAST_HEIGHT, ROW * machines)),
    data: {
      values: arrivals.map(({ machine, piece, timeS }) => ({
        machine,
        from: piece,
        to: piece + 1,
        time: Number(((timeS - startS) / seconds).toPrecision(4)),
      })),
    },
    mark: { type: 'rect' },
    encoding: {
      x: {
        field: 'from',
        type: 'quantitative',
        title: 'piece',
        scale: { domain: [0, pieces], nice: false },
        axis: { format: 'd', tickCount: 8 },
      },
      x2: { field: 'to' },
      y: {
        field: 'machine',
        type: 'nominal',
        title: null,
        sort: 'ascending',
        axis: { labelOverlap: true },
      },
      color: {
        field: 'time',
        type: 'quantitative',
        title: `time [${sign}]`,
        scale: { scheme: 'viridis', domain: [0, (endS - startS) / seconds] },
        legend: { gradientLength: 120, tickCount: 5 },
      },
    },
  };
  return spec as unknown as TopLevelSpec;
}

function captionOf({ transport, variant, machines, source, randomSeed }: RunRecord): string {
  const which = variant === '' ? '' : `, variant ${variantWords(variant)}`;
  return `One run, ${SOURCE_WORDS[source]}: ${TRANSPORT_WORDS[transport]} to ${counted(machines, 'machine')}${which}, random seed ${randomSeed}. A cell is a piece at a machine; its colour is the time from the start of the transfer. A column of one colour is a piece that spread at once.`;
}
