import { CALIBRATED, type Extrapolation, type Range, type UnknownFit } from '../../sim/index.ts';
import { counted, listed, TRANSPORT_WORDS } from '../metrics/plain-words.ts';
import { readableTime, type TimeUnit, threeDigits, timeUnitFor } from '../metrics/readable-units.ts';
import { numberColumn, type Table, textColumn } from '../report/report-document.ts';
import type { CalibrationRun } from './calibration-run.ts';

/** An unknown is called known where all sets that fit as well as was asked for have it within this share of the middle. */
const KNOWN_WITHIN = 0.1;
/** Explanations that differ by less cannot be told apart by one more run. */
const TELLING_GAP = 0.05;

/** A calibration as tables, each with what stands above it. */
export function calibrationTables(run: CalibrationRun): { heading: string; table: Table }[] {
  const within = `within ${percent(Math.max(run.tolerance, run.error))}`;
  return [
    { heading: 'The table, and what the scenario’s own settings give', table: cellTable(run) },
    { heading: 'What could be behind it', table: explanationTable(run) },
    { heading: 'What is known, and what is not', table: unknownTable(run, within) },
    { heading: 'Error of the worst cell along each unknown', table: profileTable(run) },
    {
      heading: `Other numbers of machines, over all sets that ${run.isWithin ? 'fit' : 'come nearest'}`,
      table: extrapolationTable(run, within),
    },
  ];
}

/** What to make of a calibration, as sentences. */
export function calibrationNotes(run: CalibrationRun): string[] {
  return [
    ...notUsed(run),
    ...(run.isWithin ? [] : [nothingFits(run)]),
    ...differences(run),
    ...ownSettings(run),
    'All explanations take machines that start together and are served at once: waves of unicast, losses, sites and faults are only in the simulated times.',
    'Image size and rates are known only as their ratios: twice the image over links twice as fast gives the same table.',
    ...decidingCells(run),
  ];
}

function notUsed({ notUsed }: CalibrationRun): string[] {
  return [...Map.groupBy(notUsed, ({ transport }) => transport)].map(([transport, cells]) => {
    const counts = cells.map(({ machines }) => machines);
    const kind = CALIBRATED.find((name) => transport === `clonezilla-${name}`);
    const advice = kind ? `: lay it beside as \`transport: ${kind}\`, of which it is a kind` : '';
    return `Not used, as the explanations know only ${listed(CALIBRATED.map((name) => TRANSPORT_WORDS[name]))}: ${TRANSPORT_WORDS[transport]} with ${listed(counts.map(String))} ${counts.at(-1) === 1 ? 'machine' : 'machines'}${advice}.`;
  });
}

/** The simulator knows more of a scenario than the explanations do, so it says how the scenario's settings fit. */
function ownSettings({ own, cells }: CalibrationRun): string[] {
  const missing = Map.groupBy(
    cells.filter((_, place) => own.simulated[place]!.reason !== null),
    (cell) =>
      `${TRANSPORT_WORDS[cell.transport]} was not simulated: ${own.simulated[cells.indexOf(cell)]!.reason}.`,
  );
  return [
    ...(own.error === null
      ? []
      : [
          `The scenario’s own settings ${own.isWithin ? 'fit' : 'do not fit'}: as simulated, the worst cell is off by ${percent(own.error)}.`,
        ]),
    ...missing.keys(),
  ];
}

function nothingFits({ tolerance, error }: CalibrationRun): string {
  return `Nothing fits within ${percent(tolerance)}; ranges are of what comes nearest (${percent(error)}).`;
}

/** Times of one transport have the same fixed part: what they differ by is the transfer alone. */
function differences({ cells, explanations }: CalibrationRun): string[] {
  const isLinkAlone = explanations.some(({ name, isWithin }) => name === 'link alone' && isWithin);
  return [...Map.groupBy(cells, ({ transport }) => transport)].flatMap(([transport, own]) => {
    const byMachines = own.toSorted((one, other) => one.machines - other.machines);
    const [few, many] = [byMachines[0]!, byMachines.at(-1)!];
    if (few.machines === many.machines) return [];
    const differenceS = many.makespanS - few.makespanS;
    const words = `${TRANSPORT_WORDS[transport]} takes ${readableTime(Math.abs(differenceS))} ${differenceS < 0 ? 'less' : 'more'} with ${counted(many.machines, 'machine')} than with ${few.machines}, whatever the fixed part is`;
    return [
      differenceS < 0 && transport === 'p2p' && !isLinkAlone
        ? `${words}: the server’s link alone cannot be why.`
        : `${words}.`,
    ];
  });
}

/** One more run that would tell explanations apart, for each transport that has one. */
function decidingCells({ extrapolations }: CalibrationRun): string[] {
  return [...Map.groupBy(extrapolations, ({ transport }) => transport).values()].flatMap((cells) => {
    const widest = cells.reduce((best, cell) => (cell.gap > best.gap ? cell : best));
    return widest.gap < TELLING_GAP ? [] : [decision(widest)];
  });
}

function decision({ transport, machines, nearest }: Extrapolation): string {
  const byRange = Map.groupBy(Object.entries(nearest), ([, range]) => readableRange(range));
  const answers = [...byRange].map(
    ([range, names]) => `${range} by ${listed(names.map(([name]) => `“${name}”`))}`,
  );
  return `${TRANSPORT_WORDS[transport]} with ${counted(machines, 'machine')} would tell: ${answers.join('; ')}.`;
}

function cellTable({ cells, own }: CalibrationRun): Table {
  return {
    columns: [
      textColumn('Transport'),
      numberColumn('Machines'),
      numberColumn('Measured'),
      numberColumn('Simulated'),
      numberColumn('Error'),
    ],
    rows: cells.map(({ transport, machines, makespanS }, place) => {
      const simulatedS = own.simulated[place]!.makespanS;
      return [
        TRANSPORT_WORDS[transport],
        String(machines),
        readableTime(makespanS),
        simulatedS === null ? '' : readableTime(simulatedS, timeUnitFor(makespanS)),
        simulatedS === null ? '' : signedPercent((simulatedS - makespanS) / makespanS),
      ];
    }),
  };
}

function explanationTable({ explanations }: CalibrationRun): Table {
  return {
    columns: [textColumn('Explanation'), numberColumn('Worst cell off by'), textColumn('It says that')],
    rows: explanations.map(({ name, error, words, isWithin }) => [
      name,
      `${percent(error)}${isWithin ? '' : ' (does not fit)'}`,
      words,
    ]),
  };
}

function unknownTable({ unknowns }: CalibrationRun, within: string): Table {
  return {
    columns: [
      textColumn('Unknown'),
      numberColumn('By the nearest sets'),
      numberColumn(within),
      textColumn('Known?'),
    ],
    rows: unknowns.map(({ words, nearest, within: wide }) => [
      words,
      readableRange(nearest),
      readableRange(wide),
      verdict(wide),
    ]),
  };
}

function verdict({ low, high }: Range): string {
  const middle = (low + high) / 2;
  const halfWidth = middle === 0 ? 0 : (high - low) / 2 / middle;
  return halfWidth <= KNOWN_WITHIN ? `to ${percent(halfWidth)}` : 'no';
}

function profileTable({ unknowns }: CalibrationRun): Table {
  const points = unknowns[0]?.profile.length ?? 0;
  return {
    columns: [textColumn('Unknown'), ...Array.from({ length: points }, () => numberColumn(''))],
    rows: unknowns.map(({ words, profile }) => {
      const unit = timeUnitFor(Math.max(...profile.map(({ valueS }) => valueS)));
      return [shortened(words), ...profile.map((point) => pointText(point, unit))];
    }),
  };
}

function pointText({ valueS, error }: UnknownFit['profile'][number], { sign, seconds }: TimeUnit): string {
  const off = Number.isFinite(error) ? percent(error) : 'never';
  return `${threeDigits(valueS / seconds)} ${sign}\n${off}`;
}

function shortened(words: string): string {
  return words.replace(/[:(].*$/, '').trim();
}

function extrapolationTable({ extrapolations }: CalibrationRun, within: string): Table {
  const names = [...new Set(extrapolations.flatMap(({ nearest }) => Object.keys(nearest)))];
  return {
    columns: [
      textColumn('Transport'),
      numberColumn('Machines'),
      ...names.map(numberColumn),
      numberColumn(`all, ${within}`),
    ],
    rows: extrapolations.map(({ transport, machines, nearest, within: wide }) => [
      TRANSPORT_WORDS[transport],
      String(machines),
      ...names.map((name) => (nearest[name] ? readableRange(nearest[name]) : '')),
      readableRange(wide),
    ]),
  };
}

/** `85.9 to 90.9 min`, or one time where both ends read the same. */
function readableRange({ low, high }: Range): string {
  const unit = timeUnitFor(high);
  const [from, to] = [threeDigits(low / unit.seconds), threeDigits(high / unit.seconds)];
  return from === to ? readableTime(high, unit) : `${from} to ${readableTime(high, unit)}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function signedPercent(share: number): string {
  const text = percent(Math.abs(share));
  if (Number.parseFloat(text) === 0) return text;
  return `${share < 0 ? '-' : '+'}${text}`;
}
