import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DeploymentStore } from '../../../src/engine/deployment/deployment-store.ts';
import { MIGRATIONS } from '../../../src/engine/deployment/schema-migrations.ts';

const WRITER = fileURLToPath(new URL('store-writer-process.ts', import.meta.url));
const MAC = '52:54:00:12:34:56';
const OTHER = '52:54:00:12:34:57';
const NOW = new Date('2026-01-01T12:00:00Z');

function aFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'swarmboot-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'swarmboot.db');
}

function aStore(file = aFile()): DeploymentStore {
  const store = DeploymentStore.open(file, () => NOW);
  onTestFinished(() => {
    try {
      store.close();
    } catch {
      // The test closed it.
    }
  });
  return store;
}

function arm(store: DeploymentStore, ...machines: string[]) {
  const agentToken = randomUUID();
  return store.createDeployment({
    image: 'lab',
    version: 2,
    agentToken,
    machines,
    start: { waitFor: 1, at: null },
    disk: 'only',
  });
}

describe('the store of a deployment server', () => {
  it('knows after a restart what it knew before', () => {
    const file = aFile();
    const before = aStore(file);
    before.machineSeen(MAC, { memoryBytes: 2 ** 30 });
    before.describeMachine(MAC, { name: 'pc-1', tags: ['room 7'] });
    const deployment = arm(before, MAC, OTHER);
    before.keepTarget({
      deployment: deployment.id,
      machine: MAC,
      state: 'deploying',
      phase: 'download',
      share: 0.5,
      failure: null,
      report: null,
    });
    before.close();
    const after = aStore(file);
    expect(after.machines()).toEqual([
      {
        mac: MAC,
        name: 'pc-1',
        tags: ['room 7'],
        facts: { memoryBytes: 2 ** 30 },
        firstSeen: NOW.toISOString(),
        lastSeen: NOW.toISOString(),
      },
    ]);
    expect(after.deployments()).toMatchObject([
      { id: deployment.id, image: 'lab', version: 2, agentToken: deployment.agentToken },
    ]);
    expect(after.targetsOf(deployment.id)).toMatchObject([
      { machine: MAC, state: 'deploying', phase: 'download', share: 0.5 },
      { machine: OTHER, state: 'armed', phase: null },
    ]);
    expect(after.events().map(({ kind }) => kind)).toEqual(['deploymentCreated', 'targetDeploying']);
  });

  it('arms a machine in one deployment at a time, and all or none of those asked for', () => {
    const store = aStore();
    arm(store, MAC);
    expect(() => arm(store, OTHER, MAC)).toThrow(`${MAC} is armed already, in deployment 1`);
    expect(store.armedTarget(OTHER)).toBeUndefined();
    expect(store.deployments()).toHaveLength(1);
  });

  it.each(['finished', 'failed', 'cancelled'] as const)('holds no machine for armed that is %s', (state) => {
    const store = aStore();
    const { id } = arm(store, MAC);
    store.keepTarget({
      deployment: id,
      machine: MAC,
      state,
      phase: null,
      share: null,
      failure: null,
      report: null,
    });
    expect(store.armedTarget(MAC)).toBeUndefined();
    expect(arm(store, MAC).id).toBe(id + 1);
    expect(store.armedTarget(MAC)?.deployment).toBe(id + 1);
  });

  it('holds no machine for armed that has the image and was not heard for ten minutes: somebody may work with it', () => {
    let now = new Date('2026-01-01T12:00:00Z');
    const store = DeploymentStore.inMemory(() => now);
    onTestFinished(() => store.close());
    arm(store, MAC);
    store.keepTarget({ ...store.armedTarget(MAC)!, state: 'verified' });
    now = new Date('2026-01-01T12:09:59Z');
    expect(store.armedTarget(MAC)).toMatchObject({ state: 'verified' });
    now = new Date('2026-01-01T12:10:00Z');
    expect(store.armedTarget(MAC)).toBeUndefined();
  });

  it('arms a machine once, whatever name an operator uses, as soon as its agent has told them', () => {
    const store = aStore();
    store.machineSeen(MAC, { ids: [MAC, OTHER] });
    const { id } = arm(store, MAC);
    expect(() => arm(store, OTHER)).toThrow(`${OTHER} is armed already as ${MAC}, in deployment ${id}`);
    store.changeTargets(id, (target) => ({ ...target, state: 'cancelled' }));
    store.armMachines(id, [OTHER]);
    // Both are tried again, and one is enough.
    store.changeTargets(id, (target) => ({ ...target, state: 'cancelled' }));
    store.changeTargets(id, (target) => ({ ...target, state: 'armed' }));
    expect(store.targetsOf(id).map(({ state }) => state)).toEqual(['armed', 'cancelled']);
  });

  it('does not arm a machine by its old deployment that was lost there and speaks again, when it is armed in a new one', () => {
    let now = new Date('2026-01-01T12:00:00Z');
    const store = DeploymentStore.inMemory(() => now);
    onTestFinished(() => store.close());
    const old = arm(store, MAC);
    store.keepTarget({ ...store.armedTarget(MAC)!, state: 'verified' });
    now = new Date('2026-01-01T12:10:00Z');
    const { id } = arm(store, MAC);
    expect(store.target(old.id, MAC)).toMatchObject({ state: 'cancelled' });
    expect(store.armedTarget(MAC)).toMatchObject({ deployment: id, state: 'armed' });
  });

  it('keeps what a machine notes up to a limit, and gives the newest', () => {
    const store = aStore();
    const { id } = arm(store, MAC);
    for (let note = 1; note <= 3_000; note++) store.note(id, MAC, `line ${note}`);
    expect(store.eventsOf(id, {})).toHaveLength(1 + 2_000);
    expect(store.eventsOf(id, { last: 2 }).map(({ detail }) => detail)).toEqual(['line 1999', 'line 2000']);
  });

  it('keeps ten thousand machines that were only seen, the last ones, and all of which more is known', () => {
    let now = new Date('2026-01-01T12:00:00Z');
    const store = DeploymentStore.inMemory(() => now);
    onTestFinished(() => store.close());
    const macOf = (number: number) =>
      `52:54:01:${number
        .toString(16)
        .padStart(6, '0')
        .replace(/..(?!$)/g, '$&:')}`;
    store.machineSeen(MAC, { memoryBytes: 2 ** 30 });
    store.describeMachine(OTHER, { name: 'pc-07', tags: [] });
    for (let number = 0; number < 10_099; number++) {
      now = new Date(now.getTime() + 1000);
      store.machineSeen(macOf(number));
    }
    expect(store.machines()).toHaveLength(10_002);
    for (const mac of [MAC, OTHER, macOf(99)]) expect(store.machine(mac)).toBeDefined();
    expect(store.machine(macOf(98))).toBeUndefined();
  });

  it('does not forget a machine that is being deployed', () => {
    const store = aStore();
    store.machineSeen(MAC);
    const { id } = arm(store, MAC);
    expect(() => store.forgetMachine(MAC)).toThrow(`cancel that first`);
    store.keepTarget({
      deployment: id,
      machine: MAC,
      state: 'cancelled',
      phase: null,
      share: null,
      failure: null,
      report: null,
    });
    store.forgetMachine(MAC);
    expect(store.machines()).toEqual([]);
  });

  it('forgets a machine by an id that its agent has told, and none that it does not know', () => {
    const store = aStore();
    const uuid = '4c4c4544-0042-4810-8053-b4c04f4d3132';
    store.machineSeen(MAC, { ids: [MAC, uuid] });
    expect(() => store.forgetMachine(OTHER)).toThrow(
      `${OTHER} is no machine that is known: \`machine list\``,
    );
    store.machineSeen(OTHER, { ids: [OTHER, uuid] });
    expect(() => store.forgetMachine(uuid)).toThrow('is an id of several machines; name one by its MAC');
    expect(store.forgetMachine(OTHER)).toBe(OTHER);
    expect(store.forgetMachine(uuid)).toBe(MAC);
    expect(store.machines()).toEqual([]);
  });

  it('has no two machines of one name', () => {
    const store = aStore();
    store.describeMachine(MAC, { name: 'pc-1', tags: [] });
    expect(() => store.describeMachine(OTHER, { name: 'pc-1', tags: [] })).toThrow(
      `pc-1 is the name of ${MAC}`,
    );
    store.describeMachine(MAC, { name: 'pc-1', tags: ['moved'] });
  });

  it('brings a store of the first version up to date: its deployments have no steps', () => {
    const file = aFile();
    const old = new DatabaseSync(file);
    old.exec(`${MIGRATIONS[0]} PRAGMA user_version = 1;`);
    old.exec("INSERT INTO deployment VALUES (1, 'lab', 2, 'token', 1, NULL, '2026-01-01T12:00:00.000Z')");
    old.close();
    expect(aStore(file).deployments()).toMatchObject([{ id: 1, image: 'lab', steps: null }]);
  });

  it('can be read by its owner only', () => {
    const file = aFile();
    aStore(file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('refuses a file that is no store, and one of a newer version', () => {
    const file = aFile();
    writeFileSync(file, 'a text that is long enough to be taken for something else than an empty database');
    expect(() => DeploymentStore.open(file)).toThrow(`${file} cannot be opened as a store`);
    const newer = aFile();
    const database = new DatabaseSync(newer);
    database.exec('PRAGMA user_version = 99');
    database.close();
    expect(() => DeploymentStore.open(newer)).toThrow('written by a newer Swarmboot');
  });

  it('has everything that was done before its server was killed, and nothing by halves', async () => {
    for (const lifeMs of [20, 45, 70, 110, 160]) {
      const file = aFile();
      const done = await doneUntilKilled(file, lifeMs);
      const store = aStore(file);
      for (const [deed, id, machine] of done) {
        const targets = store.targetsOf(Number(id));
        expect(targets).toHaveLength(2);
        if (deed !== 'created')
          expect(STATES.indexOf(targets[0]!.state)).toBeGreaterThanOrEqual(STATES.indexOf(deed!));
        else expect(targets.map((target) => target.machine)).toEqual(machine!.split(','));
      }
      for (const { id } of store.deployments()) expect(store.targetsOf(id)).toHaveLength(2);
    }
  });
});

const STATES: string[] = ['armed', 'deploying', 'verified', 'finished'];

/** Lets a process change the store, and kills it that long after its first deed. @returns what it had done, as words */
async function doneUntilKilled(file: string, lifeMs: number): Promise<string[][]> {
  const writer = spawn(process.execPath, [WRITER, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  const ended = new Promise((resolve) => writer.stdout.on('close', resolve));
  const first = Promise.withResolvers<void>();
  writer.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    first.resolve();
  });
  await first.promise;
  await sleep(lifeMs);
  writer.kill('SIGKILL');
  await ended;
  return said
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split(' '));
}

describe('the machines of a deployment', () => {
  it('are as they were after a change of all of them that was taken back', () => {
    const store = aStore();
    const first = arm(store, MAC, OTHER);
    store.changeTargets(first.id, (target) => ({ ...target, state: 'cancelled' }));
    arm(store, OTHER);
    const before = store.targetsOf(first.id);

    const rearm = () => store.changeTargets(first.id, (target) => ({ ...target, state: 'armed' }));

    expect(rearm).toThrow(`${OTHER} is armed already`);
    expect(store.targetsOf(first.id)).toEqual(before);
    expect(store.target(first.id, MAC)?.state).toBe('cancelled');
  });
});
