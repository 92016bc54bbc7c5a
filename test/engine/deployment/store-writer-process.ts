// Changes a store without end and says on standard output what has been done, until it is killed.
import { writeSync } from 'node:fs';
import { DeploymentStore } from '../../../src/engine/deployment/deployment-store.ts';

const store = DeploymentStore.open(process.argv[2]!);
for (let number = 1; ; number++) {
  const machines = [`m${number}a`, `m${number}b`];
  const start = { waitFor: 1, at: null };
  const { id } = store.createDeployment({
    image: 'lab',
    version: 1,
    agentToken: `t${number}`,
    machines,
    start,
    disk: 'only',
  });
  writeSync(1, `created ${id} ${machines.join(',')}\n`);
  for (const state of ['deploying', 'verified', 'finished'] as const) {
    store.keepTarget({
      deployment: id,
      machine: machines[0]!,
      state,
      phase: null,
      share: null,
      failure: null,
      report: null,
    });
    writeSync(1, `${state} ${id} ${machines[0]}\n`);
  }
}
