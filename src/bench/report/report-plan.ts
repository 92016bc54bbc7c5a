import type { Chart } from '../charts/chart.ts';
import { agreementDetails, uncomparedCells } from '../metrics/agreement.ts';
import type { CellDetail } from '../metrics/cell.ts';
import { waitingWords } from '../metrics/phase-times.ts';
import { variantWords } from '../metrics/plain-words.ts';
import type { RecordSelection } from '../metrics/record-selection.ts';
import type { RunRecord } from '../record/run-record.ts';
import { agreementSentence, agreementTable } from './agreement-table.ts';
import { comparisonNotes, comparisonTable } from './comparison-table.ts';
import { faultNotes, faultTable } from './fault-table.ts';
import { IMAGE_TABLE_NOTE, imageTable } from './image-table.ts';
import { limitations } from './limitations.ts';
import { phaseTable } from './phase-table.ts';
import { recordTable } from './record-table.ts';
import { repeatsNote, repeatsTable } from './repeats-table.ts';
import { type Block, type ReportDocument, type Section, type Table, tableBlock } from './report-document.ts';
import { setupSentence, setupTable } from './setup-table.ts';
import { summary } from './summary.ts';
import { introductionOf, tellingRecord } from './told-scenario.ts';

/** Longer tables than these are shown on request. */
const FOLD_FROM_ROWS = 17;

/** What a report says, from the records alone. */
export function planReport(
  selection: RecordSelection,
  { details, charts }: { details: readonly CellDetail[]; charts: readonly Chart[] },
): ReportDocument {
  const { records } = selection;
  const notes: Block = { kind: 'paragraph', text: comparisonNotes(details).join(' ') };
  const sections: Section[] = [
    { title: 'What went wrong', blocks: faultBlocks(details) },
    { title: 'Comparison', blocks: [{ kind: 'table', table: comparisonTable(details) }, notes] },
    { title: 'Charts', blocks: charts.map((chart) => figure(chart, setupSentence(records))) },
    { title: 'Simulated against measured', blocks: agreementBlocks(details) },
    { title: 'Repeats', blocks: repeatsBlocks(details) },
    { title: 'Phases', blocks: phaseBlocks(details) },
    { title: 'Image', blocks: imageBlocks(details) },
    { title: 'Setup', blocks: [{ kind: 'table', table: setupTable(records) }, ...settingsOf(records)] },
    { title: 'Limitations', blocks: [{ kind: 'list', items: limitations(selection, details) }] },
    { title: 'Records', blocks: tableOrNothing(recordTable(records), 'Every record of this report') },
  ];
  return {
    title: (tellingRecord(records) ?? records.at(-1)!).scenario.title,
    introduction: introductionOf(records),
    summary: summary(details),
    sections: sections.filter(({ blocks }) =>
      blocks.some((block) => block.kind !== 'list' || block.items.length > 0),
    ),
  };
}

function figure({ name, title, caption }: Chart, setup: string): Block {
  return { kind: 'figure', chart: name, title, caption: `${caption} ${setup}` };
}

function tableOrNothing(table: Table, words: string): Block[] {
  return table.rows.length === 0 ? [] : [tableBlock(table, { summary: words, fromRows: FOLD_FROM_ROWS })];
}

function faultBlocks(details: readonly CellDetail[]): Block[] {
  const table = faultTable(details);
  if (table.rows.length === 0) return [];
  const notes = faultNotes(table).map((text): Block => ({ kind: 'paragraph', text }));
  return [{ kind: 'table', table }, ...notes];
}

function repeatsBlocks(details: readonly CellDetail[]): Block[] {
  const blocks = tableOrNothing(repeatsTable(details), 'Spread of the makespan');
  return blocks.length === 0 ? [] : [...blocks, { kind: 'paragraph', text: repeatsNote(details) }];
}

function phaseBlocks(details: readonly CellDetail[]): Block[] {
  const words = waitingWords(details.flatMap(({ runs }) => runs));
  const notes: Block[] = words === '' ? [] : [{ kind: 'paragraph', text: words }];
  return [...tableOrNothing(phaseTable(details), 'Mean time per machine in each phase'), ...notes];
}

function imageBlocks(details: readonly CellDetail[]): Block[] {
  const blocks = tableOrNothing(imageTable(details), 'The image and its chunks');
  return blocks.length === 0 ? [] : [...blocks, { kind: 'paragraph', text: IMAGE_TABLE_NOTE }];
}

function agreementBlocks(details: readonly CellDetail[]): Block[] {
  const [compared, uncompared] = [agreementDetails(details), uncomparedCells(details)];
  if (compared.length + uncompared.length === 0) return [];
  const words: Block = { kind: 'paragraph', text: agreementSentence(compared, uncompared) };
  return [...tableOrNothing(agreementTable(compared), 'Every cell that was measured and simulated'), words];
}

/** The settings of each variant as people wrote them. */
function settingsOf(records: readonly RunRecord[]): Block[] {
  const byVariant = Map.groupBy(records, ({ variant }) => variant);
  const told = [...byVariant].flatMap(([variant, same]) => {
    const telling = tellingRecord(same);
    return telling === undefined ? [] : { variant, settings: telling.scenario.settings };
  });
  return told.map(({ variant, settings }) => ({
    kind: 'folded',
    summary:
      told.length === 1 ? 'Settings of the scenario' : `Settings of the variant ${variantWords(variant)}`,
    blocks: [{ kind: 'code', text: JSON.stringify(settings, null, 2) }],
  }));
}
