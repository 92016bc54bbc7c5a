import { type Cell, type CellDetail, isMeasured, SOURCES } from '../metrics/cell.ts';
import { counted, listed, SOURCE_WORDS, TRANSPORT_WORDS, variantWords } from '../metrics/plain-words.ts';
import { readableTime, threeDigits } from '../metrics/readable-units.ts';
import { hasFinished } from '../metrics/run-outcome.ts';
import type { MachineResult, RecordSource } from '../record/run-record.ts';
import { agreementSentences } from './agreement-sentences.ts';
import { faultSentences } from './fault-table.ts';
import { countWords, imageWords } from './setup-table.ts';

/** A cell whose makespan is known. */
type TimedCell = Cell & { readonly makespanS: NonNullable<Cell['makespanS']> };

/** Where times come from, after `from`. */
const ORIGINS: Readonly<Record<RecordSource, string>> = {
  theory: 'theory',
  fluid: 'the fluid model',
  sim: 'simulation',
  local: 'measurement on one computer',
  netns: 'measurement over network namespaces',
  vm: 'measurement in virtual machines, from power-on',
  hardware: 'measurement on real machines',
  published: 'publications',
};

/** What came out, in one paragraph of plain sentences. */
export function summary(details: readonly CellDetail[]): string {
  const timed = details.map(({ cell }) => cell).filter((cell): cell is TimedCell => cell.makespanS !== null);
  if (timed.length === 0) return [scopeSentence(details), ...outcomeSentences(details)].join(' ');
  return [
    scopeSentence(details),
    ...timeSentences(timed.filter(isSound), details),
    ...faultSentences(details),
    ...agreementSentences(details),
    ...outcomeSentences(details),
  ].join(' ');
}

/** Where machines failed whoever is left is done sooner, or later, for that alone; and so is who had a part of the image. */
function isSound({ failedMachines, foundShare }: Cell): boolean {
  return failedMachines === 0 && foundShare === 0;
}

function timeSentences(sound: readonly TimedCell[], details: readonly CellDetail[]): string[] {
  const first = sound.find((cell) => cell.executor !== 'published') ?? sound[0];
  if (first === undefined) return [];
  const main = sound.filter((cell) => cell.variant === first.variant);
  return [
    ...tellers(main).map((source) => comparisonSentence(main.filter((cell) => cell.executor === source))),
    ...variantSentence(sound, details),
    ...growthSentence(new Set(sound.map((cell) => cell.transport)).size === 1 ? sound : main),
  ];
}

function scopeSentence(details: readonly CellDetail[]): string {
  const records = details.flatMap(({ runs }) => runs);
  const transports = [...new Set(details.map(({ cell }) => TRANSPORT_WORDS[cell.transport]))];
  const sources = SOURCES.filter((source) => details.some(({ cell }) => cell.executor === source));
  const machines = countWords(records) === '1' ? 'machine' : 'machines';
  const origins = listed(sources.map((source) => ORIGINS[source]));
  return `An image of ${imageWords(records)} goes to ${countWords(records)} ${machines} by ${listed(transports)}; the times are from ${origins}.`;
}

/** Measurements first, simulations where they reach further; formulas and publications where there is neither. */
function tellers(cells: readonly TimedCell[]): RecordSource[] {
  const reach = (source: RecordSource) =>
    Math.max(0, ...cells.filter((cell) => cell.executor === source).map((cell) => cell.machines));
  const runs = (['hardware', 'netns', 'local', 'vm', 'sim'] as const).filter((source) => reach(source) > 0);
  if (runs.length === 0)
    return (['theory', 'fluid', 'published'] as const).filter((source) => reach(source) > 0).slice(0, 1);
  return runs.filter((source) => source === runs[0] || reach(source) > reach(runs[0]!));
}

/** The largest machine count that was run with the most transports. */
function comparable(cells: readonly TimedCell[]): TimedCell[] {
  const byCount = [...Map.groupBy(cells, (cell) => cell.machines).values()];
  return byCount.reduce((best, own) =>
    own.length > best.length || (own.length === best.length && own[0]!.machines > best[0]!.machines)
      ? own
      : best,
  );
}

/** P2P is what the comparison is about; without it, the quickest is. */
function subjectOf(cells: readonly TimedCell[]): TimedCell {
  return (
    cells.find((cell) => cell.transport === 'p2p') ??
    cells.reduce((best, cell) => (cell.makespanS.median < best.makespanS.median ? cell : best))
  );
}

function comparisonSentence(cells: readonly TimedCell[]): string {
  const compared = comparable(cells);
  const subject = subjectOf(compared);
  const others = compared.filter((cell) => cell !== subject);
  const where = subject.variant === '' ? '' : ` (variant ${subject.variant})`;
  const took = `With ${counted(subject.machines, 'machine')}${where}, ${TRANSPORT_WORDS[subject.transport]} took ${readableTime(subject.makespanS.median)} (${SOURCE_WORDS[subject.executor]})`;
  const against = others.map((cell, index) => {
    const factor = factorWords(cell.makespanS.median / subject.makespanS.median);
    const times = index === 0 ? `${factor} times as long` : factor;
    return `${readableTime(cell.makespanS.median)} for ${TRANSPORT_WORDS[cell.transport]} (${times})`;
  });
  const comparison = others.length === 0 ? '' : ` against ${listed(against)}`;
  const bound = !subject.lowerBoundS
    ? ''
    : `; a transfer by ${TRANSPORT_WORDS[subject.transport]} cannot take less than ${readableTime(subject.lowerBoundS)}`;
  return `${took}${comparison}${bound}.`;
}

function factorWords(factor: number): string {
  return factor >= 10 ? factor.toFixed(0) : factor.toPrecision(2);
}

function variantSentence(cells: readonly TimedCell[], details: readonly CellDetail[]): string[] {
  const [source] = tellers(cells);
  const own = cells.filter((cell) => cell.executor === source);
  const { transport, machines } = subjectOf(
    comparable(own.filter((cell) => cell.variant === own[0]!.variant)),
  );
  const same = own
    .filter((cell) => cell.transport === transport && cell.machines === machines)
    .toSorted((a, b) => a.makespanS.median - b.makespanS.median);
  if (same.length < 2) return [];
  const words = (cell: TimedCell) => `${readableTime(cell.makespanS.median)} (${variantWords(cell.variant)})`;
  const all = details.filter(
    ({ cell }) => cell.executor === source && cell.transport === transport && cell.machines === machines,
  );
  const which =
    same.length < all.length
      ? `Over ${same.length} of the ${all.length} variants (in the others machines failed)`
      : `Over the ${same.length} variants`;
  return [
    `${which}, ${TRANSPORT_WORDS[transport]} with ${counted(machines, 'machine')} took from ${words(same[0]!)} to ${words(same.at(-1)!)}.`,
  ];
}

/** How times grow: of one transport in several variants, or of several transports in one variant. */
function growthSentence(cells: readonly TimedCell[]): string[] {
  const source = tellers(cells).at(-1)!;
  const own = cells.filter((cell) => cell.executor === source);
  const counts = own.map((cell) => cell.machines);
  const [low, high] = [Math.min(...counts), Math.max(...counts)];
  if (low === high) return [];
  const hasVariants = new Set(own.map((cell) => cell.variant)).size > 1;
  const growths = own
    .filter((cell) => cell.machines === high)
    .flatMap((last) => {
      const first = own.find(
        (cell) => cell.transport === last.transport && cell.variant === last.variant && cell.machines === low,
      );
      if (first === undefined) return [];
      const factor = threeDigits(last.makespanS.median / first.makespanS.median);
      const variant = hasVariants ? ` (${variantWords(last.variant)})` : '';
      return [`${factor} for ${TRANSPORT_WORDS[last.transport]}${variant}`];
    });
  if (growths.length === 0) return [];
  return [
    `From ${low} to ${counted(high, 'machine')} the time (${SOURCE_WORDS[source]}) changed by a factor of ${listed(growths)}.`,
  ];
}

/** Disks are read back where there are any; of a simulated machine it is known that it finished. */
function outcomeSentences(details: readonly CellDetail[]): string[] {
  const fleetOf = (isOf: (source: RecordSource) => boolean) =>
    details
      .filter(({ cell }) => isOf(cell.executor))
      .flatMap(({ runs }) => runs.flatMap((record) => record.fleet));
  const verified: Outcome = {
    runs: 'measured',
    did: 'had a verified disk',
    passes: ({ isVerified }) => isVerified,
  };
  const finished: Outcome = { runs: 'simulated', did: 'finished', passes: hasFinished };
  return [
    ...outcomeSentence(fleetOf(isMeasured), verified),
    ...outcomeSentence(
      fleetOf((source) => source === 'sim'),
      finished,
    ),
  ];
}

interface Outcome {
  readonly runs: string;
  readonly did: string;
  readonly passes: (machine: MachineResult) => boolean;
}

function outcomeSentence(fleet: readonly MachineResult[], { runs, did, passes }: Outcome): string[] {
  if (fleet.length === 0) return [];
  const those = fleet.filter(passes).length;
  if (those === fleet.length) return [`Every machine of every ${runs} run ${did}.`];
  return [
    `Of ${counted(fleet.length, 'machine')} over all ${runs} runs, ${those} ${did}: see the limitations.`,
  ];
}
