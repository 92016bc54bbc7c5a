import { agreementDetails } from '../metrics/agreement.ts';
import { type CellDetail, isMeasured, median, SOURCES } from '../metrics/cell.ts';
import { counted, listed, SOURCE_WORDS } from '../metrics/plain-words.ts';
import type { RecordSource } from '../record/run-record.ts';

/** How far the simulation is from times that are known, one sentence for each who found them. */
export function agreementSentences(details: readonly CellDetail[]): string[] {
  return [
    ...SOURCES.filter(isMeasured).flatMap((source) => measuredSentence(details, source)),
    ...publishedSentence(details),
  ];
}

function measuredSentence(details: readonly CellDetail[], source: RecordSource): string[] {
  const both = details.filter(({ cell }) => cell.executor === 'sim' || cell.executor === source);
  const compared = agreementDetails(both);
  if (compared.length === 0) return [];
  const errors = compared.map(({ agreement }) => agreement.error);
  const meanErrors = compared.flatMap(({ meanError }) => meanError ?? []);
  const means = meanErrors.length === 0 ? '' : `, and mean latencies by ${spreadWords(meanErrors)}`;
  const found = SOURCE_WORDS[source];
  return [
    `Over ${counted(errors.length, 'cell')}, makespans simulated and ${found} differ by ${spreadWords(errors)}${means}.`,
  ];
}

/** Publications seldom tell all settings: whoever writes the scenario knows the cells that it is to meet. */
function publishedSentence(details: readonly CellDetail[]): string[] {
  const published = details.filter(({ cell }) => cell.executor === 'published');
  const errors = published.flatMap(({ cell, runs }) => {
    const simulatedS = details.find(
      (other) =>
        other.cell.executor === 'sim' &&
        other.cell.variant === cell.variant &&
        other.cell.transport === cell.transport &&
        other.cell.machines === cell.machines,
    )?.cell.makespanS?.median;
    return simulatedS === undefined ? [] : runs.map(({ formula }) => simulatedS / formula!.makespanS - 1);
  });
  if (errors.length === 0) return [];
  const citations = [
    ...new Set(published.flatMap(({ runs }) => runs.flatMap(({ citation }) => citation ?? []))),
  ];
  return [
    `From ${counted(errors.length, 'published time')} (${listed(citations)}) the simulated ones differ by ${spreadWords(errors)}: the settings were chosen with these times known, so that this explains them and is no test of the simulator.`,
  ];
}

function spreadWords(errors: readonly number[]): string {
  const shares = errors.map(Math.abs);
  return `${percent(median(shares)!)} in the median and by ${percent(Math.max(...shares))} at most`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}
