import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

/** Below `src`: what a run does. Tables and charts are made anew from the records at any time. */
const DECIDING = ['engine', 'sim', 'bench/executors', 'bench/probe', 'bench/scenario', 'settings'];
const PROGRAM = /\.(ts|py)$/;
/** Which packages run beside: other ones may be quicker or slower, too. */
const PACKAGES = 'package-lock.json';
const DIGITS = 12;

/** Which code makes runs here, as its files are now: the start of a SHA-256 over them, twelve hex digits. */
export function readCodeDigest(): string {
  const source = new URL('../../', import.meta.url);
  const lock = readFileSync(new URL(`../${PACKAGES}`, source));
  const digest = createHash('sha256').update(`${PACKAGES}\n`).update(lock);
  for (const folder of DECIDING) {
    const names = readdirSync(new URL(folder, source), { recursive: true, encoding: 'utf8' }).sort();
    for (const name of names.filter((each) => PROGRAM.test(each)))
      digest.update(`${folder}/${name}\n`).update(readFileSync(new URL(`${folder}/${name}`, source)));
  }
  return digest.digest('hex').slice(0, DIGITS);
}
