// Who may import whom: ARCHITECTURE.md, "Who may import whom". Checked by `npm run check`.

/** Modules of Node that only compute. */
const PURE_MODULES =
  '^(node:)?(assert|assert/strict|buffer|crypto|events|module|path|stream|stream/.*|string_decoder|timers/promises|url|util|zlib)$';

/** Places that may touch the operating system: folders, and files named for what they do there. */
const SYSTEM_PLACES = [
  '^src/cli/',
  '^src/engine/agent/',
  '^src/engine/image/',
  '^src/engine/boot/boot-image/',
  '^src/bench/executors/',
  '^src/bench/baselines/',
  '(^|/)[^/]*-(server|client|listener|process|store|reader|writer|worker|loader)\\.ts$',
  '(^|/)(tracker|seeder)\\.ts$',
  '(^|/)node-[^/]*\\.ts$',
];

const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    forbid('no-cycles', 'A cycle means that two files are one.', {}, { circular: true }),
    forbid('src-knows-no-tests', 'Nothing in src imports test.', { path: '^src' }, { path: '^test' }),
    forbid(
      'engine-stands-alone',
      'The engine never imports the simulator, the bench or the command line.',
      { path: '^src/engine' },
      { path: '^src/(sim|bench|cli)' },
    ),
    forbid(
      'settings-stand-alone',
      'Engine, bench and command line all read settings, so these know none of them.',
      { path: '^src/settings/' },
      { path: '^src/', pathNot: '^src/(settings/|failure\\.ts$)' },
    ),
    forbid(
      'sim-knows-policies-only',
      'Of the engine the simulator runs the policies, nothing else.',
      { path: '^src/sim' },
      { path: '^src/(bench|cli|engine/(?!swarm/policy/))' },
    ),
    forbid(
      'bench-knows-no-cli',
      'The bench never imports the command line.',
      { path: '^src/bench' },
      { path: '^src/cli' },
    ),
    forbid(
      'engine-by-its-door',
      'The bench uses the engine through engine/index.ts.',
      { path: '^src/bench' },
      { path: '^src/engine/(?!index\\.ts$)' },
    ),
    forbid(
      'sim-by-its-door',
      'The bench uses the simulator through sim/index.ts.',
      { path: '^src/bench' },
      { path: '^src/sim/(?!index\\.ts$)' },
    ),
    forbid(
      'cli-by-the-doors',
      'The command line uses the bench and the engine through their doors, and no simulator.',
      { path: '^src/cli' },
      { path: '^src/(bench/(?!index\\.ts$)|engine/(?!index\\.ts$)|sim/)' },
    ),
    forbid(
      'cli-commands-are-leaves',
      'Only the command line starts itself.',
      { path: '^src/(?!cli)' },
      { path: '^src/cli' },
    ),
    forbid(
      'reports-read-records-only',
      'Any report can be made again without running anything.',
      { path: '^src/bench/(report|charts)/' },
      {
        path: '^src/',
        pathNot: '^src/(bench/(report|charts|metrics|record)/|(failure|folder-writer)\\.ts$)',
      },
    ),
    forbid(
      'metrics-read-records-only',
      'Metrics are computed from records alone.',
      { path: '^src/bench/metrics/' },
      { path: '^src/', pathNot: '^src/bench/(metrics|record)/' },
    ),
    forbid(
      'pure-model',
      'The simulator and the policies touch no operating system.',
      { path: '^src/(sim/|engine/swarm/policy/)' },
      { dependencyTypes: ['core'] },
    ),
    forbid(
      'system-in-its-places',
      'The operating system is touched in few places; what is decided there lives in pure neighbours.',
      { path: '^src', pathNot: SYSTEM_PLACES },
      { dependencyTypes: ['core'], pathNot: PURE_MODULES },
    ),
    forbid(
      'doors-only',
      'index.ts stands only at the doors of engine, sim and bench.',
      {},
      { path: '^src/.*index\\.ts$', pathNot: '^src/(engine|sim|bench)/index\\.ts$' },
    ),
    forbid(
      'no-undeclared-packages',
      'What src imports is in package.json.',
      { path: '^src' },
      { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev'] },
    ),
    forbid('resolvable', 'Every import leads somewhere.', {}, { couldNotResolve: true }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^reports' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
