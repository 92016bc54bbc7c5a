// Sets the figures that README.md quotes from the records of reports/published; with --check it only compares.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import {
  agreementDetails,
  calibrateScenario,
  cellDetails,
  loadScenario,
  RecordStore,
  selectRecords,
  withQuotedFigures,
} from '../src/bench/index.ts';

const REPORTS = 'reports/published';
const README = 'README.md';
/** What `swarmboot calibrate` allows a cell to be off by. */
const TOLERANCE = 0.05;

const folders = (await readdir(REPORTS, { withFileTypes: true })).filter((entry) => entry.isDirectory());
const reports = new Map(
  await Promise.all(
    folders.map(async ({ name }) => {
      const store = new RecordStore(`${REPORTS}/${name}`);
      const { records } = selectRecords(await store.read(), await store.asked());
      const details = cellDetails(records);
      const agreement = agreementDetails(details);
      const cells = details.map(({ cell }) => cell);
      return [name, { records, cells, agreement, calibration: await calibrationOf(name) }] as const;
    }),
  ),
);
const text = await readFile(README, 'utf8');
const quoted = withQuotedFigures(text, reports);
if (quoted !== text && process.argv.includes('--check')) {
  process.stderr.write(`${README} quotes other figures than ${REPORTS} has; \`npm run figures\` sets them\n`);
  process.exitCode = 1;
} else if (quoted !== text) {
  await writeFile(README, quoted);
}

/** Of a scenario that has published cells. */
async function calibrationOf(name: string) {
  const file = `scenarios/${name}.yaml`;
  const { plain } = await loadScenario(file);
  return plain.measured.length === 0 ? null : await calibrateScenario({ file, tolerance: TOLERANCE });
}
