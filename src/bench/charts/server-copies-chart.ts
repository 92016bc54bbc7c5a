import type { Cell, CellDetail } from '../metrics/cell.ts';
import { variantWords } from '../metrics/plain-words.ts';
import type { Chart } from './chart.ts';
import { valueRange } from './machine-axis.ts';
import { type MachineRow, machineLayers } from './machine-lines.ts';
import { panelSpec } from './panels.ts';
import { seriesOf, seriesOfCells } from './series.ts';

const TITLE = 'Copies of the image that the server sent';
const CAPTION = 'Payload bytes that left the server, divided by the bytes that one machine has to receive.';
const LEAST = 'One copy is the least; one per machine is what the server sends when no machine helps.';
const OF_SEEDERS =
  'Where other seeders or a web server have the image from the start, less than one copy may be enough; one per machine is what the server sends when nobody helps.';
const OF_FAILED = 'Where machines failed, it is what was sent until then.';

/** Server copies over the number of machines; undefined where no run knows them. */
export function serverCopiesChart(details: readonly CellDetail[]): Chart | undefined {
  const cells = details.map(({ cell }) => cell).filter((cell) => cell.serverCopies !== null);
  if (cells.length === 0) return undefined;
  const series = seriesOfCells(cells);
  const layer = machineLayers(series, {
    counts: cells.map((cell) => cell.machines),
    title: 'copies sent by the server',
    range: valueRange(cells.map((cell) => cell.serverCopies!)),
  });
  const panels = [...Map.groupBy(cells, (cell) => cell.variant)].map(([variant, own]) => ({
    name: variantWords(variant),
    rows: own.map(rowOf),
    layer,
  }));
  const description = 'Median server copies of each cell over the number of machines.';
  return {
    name: 'server-copies',
    title: TITLE,
    caption: captionOf(cells),
    spec: panelSpec({ title: TITLE, description, series, panels }),
  };
}

function captionOf(cells: readonly Cell[]): string {
  const sentences = [
    CAPTION,
    cells.some((cell) => cell.otherSeederCopies !== null) ? OF_SEEDERS : LEAST,
    ...(cells.some((cell) => cell.failedMachines > 0) ? [OF_FAILED] : []),
  ];
  return sentences.join(' ');
}

function rowOf(cell: Cell): MachineRow {
  return { series: seriesOf(cell).label, machines: cell.machines, value: cell.serverCopies! };
}
