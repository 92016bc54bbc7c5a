// `npm run check`: everything that can be said about the code without running it. All checks run, then it fails if one did.
import { spawnSync } from 'node:child_process';

const CHECKS: readonly (readonly [what: string, command: string, ...args: string[]])[] = [
  ['format and lint', 'biome', 'check', '.'],
  ['types', 'tsc', '--project', '.'],
  ['import rules', 'depcruise', '--config', 'tools/import-rules.cjs', '--output-type', 'err-long', 'src'],
  ['unused files, exports and packages', 'knip'],
  ['figures of the README', 'node', 'tools/readme-figures.ts', '--check'],
];

const failed = CHECKS.filter(([what, command, ...args]) => {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  const hasPassed = status === 0;
  process.stdout.write(`${hasPassed ? 'ok    ' : 'FAILED'} ${what}\n`);
  if (!hasPassed) process.stdout.write(`${stdout}${stderr}${error?.message ?? ''}\n`);
  return !hasPassed;
});

process.stdout.write(`${CHECKS.length - failed.length} checks passed, ${failed.length} failed\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
