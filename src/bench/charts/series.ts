import type { Cell } from '../metrics/cell.ts';
import { SOURCE_WORDS, TRANSPORT_WORDS } from '../metrics/plain-words.ts';
import type { RecordSource, Transport } from '../record/run-record.ts';
import { REFERENCE_COLOUR, SOURCE_STYLES, TRANSPORT_COLOURS } from './chart-style.ts';

/** One line or set of points of a chart, with its looks. */
export interface Series {
  /** Name in the legend; also the key that the rows of the chart carry. */
  readonly label: string;
  /** Series of one group stand below each other in the legend. */
  readonly group: string;
  readonly colour: string;
  /** Lengths of line and gap [px]; empty for a solid line. */
  readonly dash: readonly number[];
  readonly shape: string;
  readonly isOpen: boolean;
  readonly hasLine: boolean;
  readonly hasPoints: boolean;
}

/** The series of a transport as one executor found it. */
export function seriesOf({ transport, executor }: { transport: Transport; executor: RecordSource }): Series {
  const { dash, shape, isOpen, hasLine } = SOURCE_STYLES[executor];
  return {
    label: `${TRANSPORT_WORDS[transport]}, ${SOURCE_WORDS[executor]}`,
    group: transport,
    colour: TRANSPORT_COLOURS[transport],
    dash,
    shape,
    isOpen,
    hasLine,
    hasPoints: true,
  };
}

/** Every series that the cells belong to, once, in their order. */
export function seriesOfCells(cells: readonly Cell[]): Series[] {
  const byLabel = new Map(cells.map((cell) => [seriesOf(cell).label, seriesOf(cell)]));
  return [...byLabel.values()];
}

/** A line of theory beside the runs. */
export function referenceSeries(label: string, dash: readonly number[], colour = REFERENCE_COLOUR): Series {
  return {
    label,
    group: 'reference',
    colour,
    dash,
    shape: 'circle',
    isOpen: false,
    hasLine: true,
    hasPoints: false,
  };
}

/**
 * Channels that give every mark the looks of its series; the field `series` holds the label.
 * @param inside of open shapes: white hides the line that runs through them, transparent shows points beneath
 */
export function seriesChannels(series: readonly Series[], inside: 'transparent' | 'white' = 'transparent') {
  const domain = series.map((one) => one.label);
  const channel = <Value>(range: Value[]) => ({
    field: 'series',
    type: 'nominal' as const,
    scale: { domain, range },
    legend: null,
  });
  return {
    color: channel(series.map((one) => one.colour)),
    strokeDash: channel(series.map((one) => (one.dash.length === 0 ? [1, 0] : [...one.dash]))),
    shape: channel(series.map((one) => one.shape)),
    fill: channel(series.map((one) => (one.isOpen ? inside : one.colour))),
  };
}

/** Labels of the series that pass, for a `oneOf` filter. */
export function labelsWhere(series: readonly Series[], passes: (one: Series) => boolean): string[] {
  return series.filter(passes).map((one) => one.label);
}
