import { spawnSync } from 'node:child_process';
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aFolder, ROOT } from '../integration/swarmboot-process.ts';

/** A house with these files, under the project's own settings. */
async function aHouse(files: Record<string, string>): Promise<string> {
  const house = await aFolder();
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(house, path)), { recursive: true });
    await writeFile(join(house, path), text);
  }
  for (const name of ['tsconfig.json', 'package.json', 'biome.json', '.gitignore', 'tools/lint']) {
    await cp(join(ROOT, name), join(house, name), { recursive: true });
  }
  await symlink(join(ROOT, 'node_modules'), join(house, 'node_modules'));
  return house;
}

interface Verdict {
  readonly code: number | null;
  readonly output: string;
}

function verdictOf(house: string, command: string, ...args: string[]): Verdict {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: house, encoding: 'utf8' });
  return { code: status, output: stdout + stderr };
}

async function importVerdict(files: Record<string, string>): Promise<Verdict> {
  return verdictOf(
    await aHouse(files),
    'depcruise',
    '--config',
    join(ROOT, 'tools', 'import-rules.cjs'),
    'src',
  );
}

const empty = 'export const nothing = 0;\n';

/** By rule: files that break it. */
const PLANTED: readonly (readonly [rule: string, files: Record<string, string>])[] = [
  ['engine-stands-alone', { 'src/engine/a.ts': "import '../sim/index.ts';\n", 'src/sim/index.ts': empty }],
  ['sim-knows-policies-only', { 'src/sim/a.ts': "import '../engine/b.ts';\n", 'src/engine/b.ts': empty }],
  ['settings-stand-alone', { 'src/settings/a.ts': "import '../engine/b.ts';\n", 'src/engine/b.ts': empty }],
  ['pure-model', { 'src/sim/a.ts': "import 'node:crypto';\n" }],
  ['pure-model', { 'src/engine/swarm/policy/a.ts': "import 'node:fs';\n" }],
  ['engine-by-its-door', { 'src/bench/a.ts': "import '../engine/b.ts';\n", 'src/engine/b.ts': empty }],
  ['sim-by-its-door', { 'src/bench/a.ts': "import '../sim/b.ts';\n", 'src/sim/b.ts': empty }],
  ['cli-by-the-doors', { 'src/cli/a.ts': "import '../bench/b.ts';\n", 'src/bench/b.ts': empty }],
  ['cli-by-the-doors', { 'src/cli/a.ts': "import '../engine/b.ts';\n", 'src/engine/b.ts': empty }],
  ['cli-by-the-doors', { 'src/cli/a.ts': "import '../sim/index.ts';\n", 'src/sim/index.ts': empty }],
  ['cli-commands-are-leaves', { 'src/failure.ts': "import './cli/b.ts';\n", 'src/cli/b.ts': empty }],
  ['bench-knows-no-cli', { 'src/bench/a.ts': "import '../cli/main.ts';\n", 'src/cli/main.ts': empty }],
  [
    'reports-read-records-only',
    { 'src/bench/report/a.ts': "import '../plan.ts';\n", 'src/bench/plan.ts': empty },
  ],
  [
    'metrics-read-records-only',
    { 'src/bench/metrics/a.ts': "import '../report/b.ts';\n", 'src/bench/report/b.ts': empty },
  ],
  ['system-in-its-places', { 'src/bench/a.ts': "import 'node:fs';\n" }],
  ['src-knows-no-tests', { 'src/engine/a.ts': "import '../../test/b.ts';\n", 'test/b.ts': empty }],
  ['doors-only', { 'src/sim/a.ts': "import './network/index.ts';\n", 'src/sim/network/index.ts': empty }],
  ['no-cycles', { 'src/sim/a.ts': "import './b.ts';\n", 'src/sim/b.ts': "import './a.ts';\n" }],
  ['no-undeclared-packages', { 'src/engine/a.ts': "import 'vitest';\n" }],
  ['resolvable', { 'src/engine/a.ts': "import './nowhere.ts';\n" }],
];

describe('the import rules', () => {
  it('let a house pass that keeps them', async () => {
    const { code, output } = await importVerdict({
      'src/sim/index.ts': empty,
      'src/bench/plan.ts': "import { nothing } from '../sim/index.ts';\nexport const plan = nothing;\n",
      'src/engine/http/image-server.ts': "import 'node:http';\n",
    });
    expect(output).toContain('no dependency violations');
    expect(code).toBe(0);
  });

  it.each(PLANTED)('refuse what breaks %s', async (rule, files) => {
    const { code, output } = await importVerdict(files);
    expect(output).toContain(`error ${rule}`);
    expect(code).not.toBe(0);
  });

  it('are each held against something that breaks them', () => {
    const { forbidden } = createRequire(import.meta.url)(join(ROOT, 'tools', 'import-rules.cjs')) as {
      forbidden: readonly { name: string }[];
    };
    expect(new Set(PLANTED.map(([rule]) => rule))).toEqual(new Set(forbidden.map(({ name }) => name)));
  });
});

describe('the lint of the model', () => {
  it.each([
    ['the wall clock', 'export const now = () => Date.now();\n', /takes? the clock as an argument/],
    ['hidden chance', 'export const draw = () => Math.random();\n', /Random streams come in as arguments/],
    ['another clock', 'export const now = () => performance.now();\n', /takes? the clock as an argument/],
    ['timers', 'export const wait = (then: () => void) => setTimeout(then, 1);\n', /have no timers/],
    ['repeated timers', 'export const f = (then: () => void) => setInterval(then, 1);\n', /have no timers/],
    ['the next turn', 'export const f = (then: () => void) => setImmediate(then);\n', /have no timers/],
    ['microtasks', 'export const f = (then: () => void) => queueMicrotask(then);\n', /have no timers/],
    ['the process', 'export const f = () => process.pid;\n', /touch no operating system/],
    ['chance of the system', 'export const f = () => crypto.randomUUID();\n', /come in as arguments/],
    ['the network', "export const f = () => fetch('http://127.0.0.1');\n", /touch no network/],
  ])('refuses %s in the simulator and the policies, nowhere else', async (_, text, sentence) => {
    for (const path of ['src/sim/planted.ts', 'src/engine/swarm/policy/planted.ts']) {
      const { code, output } = verdictOf(await aHouse({ [path]: text }), 'biome', 'lint', 'src');
      expect(output).toMatch(sentence);
      expect(code).not.toBe(0);
    }
    const elsewhere = await aHouse({ 'src/engine/http/planted-server.ts': text });
    expect(verdictOf(elsewhere, 'biome', 'lint', 'src')).toMatchObject({ code: 0 });
  });

  it('refuses output in all of src, and in the simulator by its own rule', async () => {
    const text = "export const f = () => console.log('x');\n";
    const model = verdictOf(await aHouse({ 'src/sim/planted.ts': text }), 'biome', 'lint', 'src');
    expect(model.output).toContain('the simulator and the policies do no output');
    const engine = verdictOf(await aHouse({ 'src/engine/planted.ts': text }), 'biome', 'lint', 'src');
    expect(engine.output).toContain('noConsole');
    expect([model.code, engine.code]).not.toContain(0);
  });
});
