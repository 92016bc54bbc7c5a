import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AgentApi, type AgentApiOptions } from '../../../src/engine/deployment/agent-api.ts';
import { agentRoute } from '../../../src/engine/deployment/agent-listener.ts';
import { cancelled, retried, type StartRule } from '../../../src/engine/deployment/deployment.ts';
import { DeploymentStore } from '../../../src/engine/deployment/deployment-store.ts';
import { postDeploySteps } from '../../../src/engine/deployment/post-deploy-steps.ts';
import type { AgentReport } from '../../../src/engine/http/agent-report.ts';
import { DeploymentClient } from '../../../src/engine/http/deployment-client.ts';
import { HttpServer } from '../../../src/engine/http/http-server.ts';
import { RunFailure } from '../../../src/failure.ts';

const MAC = '52:54:00:00:00:01';
const OTHER = '52:54:00:00:00:02';
const UUID = 'a0a1a2a3-0000-0000-0000-000000000001';
const FACTS = { firmware: 'bios', memoryBytes: 2 ** 30, disks: [] } as const;
const REPORT: AgentReport = {
  phases: { register: [0, 0.2], download: [0.3, 9] },
  ...{ uploadedBytes: 7, downloadedBytes: 8, wireBytes: 8, rawBytes: 16 },
  ...{ chunks: 2, reusedChunks: 0, refetchedChunks: 0, peakMemoryBytes: 2 ** 28 },
};
const MACHINE = { ...FACTS, ids: [MAC, UUID.toUpperCase()] };

interface Wishes {
  readonly armed?: readonly string[];
  readonly start?: StartRule;
  readonly prepare?: AgentApiOptions['prepare'];
  readonly hostName?: string;
  readonly client?: string;
}

/** A server with one deployment, and an agent that knows its token. */
async function aDeployment({
  armed = [MAC],
  start = { waitFor: 1, at: null },
  prepare,
  hostName,
  client,
}: Wishes = {}) {
  const store = DeploymentStore.inMemory();
  const steps = hostName === undefined ? null : postDeploySteps.parse({ hostName });
  const wish = { image: 'lab', version: 3, start, disk: 'only', steps };
  const { id } = store.createDeployment({ ...wish, agentToken: 'a-token', machines: armed });
  const api = new AgentApi({
    store,
    ...(prepare && { prepare }),
    ...(client && { client: client as never }),
  });
  const server = await HttpServer.start({ host: '127.0.0.1', port: 0, routes: [agentRoute(api)] });
  onTestFinished(async () => {
    await server.close();
    store.close();
  });
  const url = `http://127.0.0.1:${server.port}`;
  const agentWith = (token: string) => new DeploymentClient({ url, token, patienceMs: 0 });
  const stateOf = (machine: string) => store.target(id, machine)?.state;
  /** The machine is armed in another deployment. */
  const again = (agentToken: string, version = wish.version) => {
    store.createDeployment({ ...wish, version, agentToken, machines: [MAC] });
    return agentWith(agentToken);
  };
  return { store, id, url, server, stateOf, again, agentWith, agent: agentWith('a-token') };
}

describe('the machines of a deployment', () => {
  it('are not written to unless an operator has armed them', async () => {
    const { agent } = await aDeployment({ armed: [OTHER] });
    await expect(agent.register(MACHINE)).rejects.toThrow(
      `${MAC}, ${UUID} is not armed: it boots from its own disk`,
    );
  });

  it.each([MAC, UUID])('are armed by %s', async (id) => {
    const { agent } = await aDeployment({ armed: [id] });
    expect(await agent.register(MACHINE)).toEqual({
      machine: id,
      imageFolder: 'images/lab/3',
      isResumed: false,
    });
  });

  it('are known from now on, with what they have', async () => {
    const { agent, store } = await aDeployment();
    await agent.register(MACHINE);
    expect(store.machines()).toMatchObject([{ mac: MAC, facts: { ids: [MAC, UUID], firmware: 'bios' } }]);
  });

  it('go on after a power cut, and the server knows that they have begun', async () => {
    const { agent, stateOf } = await aDeployment();
    await agent.register(MACHINE);
    await agent.reportVerified(MAC);
    expect(await agent.register(MACHINE)).toMatchObject({ isResumed: true });
    expect(stateOf(MAC)).toBe('deploying');
  });

  it('go on with what an earlier run has left, also where they are tried again', async () => {
    const { agent, store, id } = await aDeployment();
    await agent.register(MACHINE);
    await agent.started(MAC, 'serial=S1');
    await agent.reportFailure(MAC, new RunFailure('DISK_BROKEN', 'the power is off'));
    store.changeTargets(id, (target) => retried(target, Date.now()));
    expect(await agent.register(MACHINE)).toMatchObject({ isResumed: true });
  });

  it.each([
    ['another deployment of the same image', 3, true],
    ['one of another image', 4, false],
  ])('go on with it in %s: %s', async (_, version, isResumed) => {
    const { agent, store, id, again } = await aDeployment();
    await agent.register(MACHINE);
    await agent.started(MAC, 'serial=S1');
    store.changeTargets(id, (target) => cancelled(target, Date.now()));
    expect(await again('another', version).register(MACHINE)).toMatchObject({ isResumed });
  });

  it('begin anew where they had not begun to write, or have finished since', async () => {
    const { agent, store, id, again } = await aDeployment();
    await agent.register(MACHINE);
    store.changeTargets(id, (target) => cancelled(target, Date.now()));
    const second = again('second');
    expect(await second.register(MACHINE)).toMatchObject({ isResumed: false });
    await second.started(MAC, 'serial=S1');
    store.changeTargets(id + 1, (target) => cancelled(target, Date.now()));
    const third = again('third');
    expect(await third.register({ ...MACHINE, ids: [UUID, MAC] })).toMatchObject({ isResumed: true });
    await third.reportVerified(MAC);
    await third.reportFinished(MAC, REPORT);
    expect(await again('fourth').register(MACHINE)).toMatchObject({ isResumed: false });
  });

  it('tell how it went when they are finished, and may say so again where the answer was lost', async () => {
    const { agent, store, id } = await aDeployment();
    await agent.register(MACHINE);
    await agent.reportVerified(MAC);
    for (const _ of ['said', 'said again']) await agent.reportFinished(MAC, REPORT);
    expect(store.target(id, MAC)).toMatchObject({ state: 'finished', report: REPORT });
    await expect(agent.reportVerified(MAC)).rejects.toThrow('was deployed already');
  });

  it('are deployed once for each arming', async () => {
    const { agent, store, id } = await aDeployment();
    await agent.register(MACHINE);
    await agent.reportVerified(MAC);
    await agent.reportFinished(MAC, REPORT);
    await expect(agent.register(MACHINE)).rejects.toThrow('was deployed already, and arming it counts once');
    store.armMachines(id, [MAC]);
    expect(await agent.register(MACHINE)).toMatchObject({ machine: MAC, isResumed: false });
  });

  it('use up all that they were armed by, MAC and UUID', async () => {
    const { agent, store, id, stateOf } = await aDeployment({ armed: [MAC, UUID] });
    expect(await agent.register(MACHINE)).toMatchObject({ machine: MAC });
    expect(store.target(id, UUID)).toMatchObject({
      state: 'cancelled',
      failure: `it is the same machine as ${MAC}`,
    });
    await agent.reportVerified(MAC);
    await agent.reportFinished(MAC, REPORT);
    await expect(agent.register(MACHINE)).rejects.toThrow('was deployed already');
    // Also not when others are tried again.
    store.changeTargets(id, (one) => retried(one, Date.now()));
    await expect(agent.register(MACHINE)).rejects.toThrow('was deployed already');
    expect([MAC, UUID].map(stateOf)).toEqual(['finished', 'cancelled']);
    // An operator who names it means it.
    store.armMachines(id, [UUID]);
    expect(await agent.register(MACHINE)).toMatchObject({ machine: UUID });
  });

  it('use up what they were armed by in other deployments, too, before anybody knew that it is theirs', async () => {
    const { agent, store } = await aDeployment({ armed: [MAC] });
    const wish = { image: 'lab', version: 4, start: { waitFor: 1, at: null }, disk: 'only' };
    const other = store.createDeployment({ ...wish, agentToken: 'another', machines: [UUID] });
    await agent.register(MACHINE);
    expect(store.target(other.id, UUID)).toMatchObject({
      state: 'cancelled',
      failure: `it is the same machine as ${MAC}`,
    });
    expect(store.armedTarget(UUID)).toBeUndefined();
  });

  it('that are done are not written to by a name that was cancelled before, when that is tried again', async () => {
    const { agent, store, id, stateOf } = await aDeployment({ armed: [MAC, UUID] });
    store.changeTargets(id, (target) => cancelled(target, Date.now()));
    store.armMachines(id, [MAC]);
    await agent.register(MACHINE);
    await agent.reportVerified(MAC);
    await agent.reportFinished(MAC, REPORT);
    store.changeTargets(id, (target) => retried(target, Date.now()));
    expect([MAC, UUID].map(stateOf)).toEqual(['finished', 'cancelled']);
  });

  it('go on with the disk that they began with, and with no other', async () => {
    const { agent, store, id } = await aDeployment();
    await agent.register(MACHINE);
    await agent.started(MAC, 'S4EVNX0M, 256 bytes');
    await agent.register(MACHINE);
    await agent.started(MAC, 'S4EVNX0M, 256 bytes');
    await expect(agent.started(MAC, 'WD-1, 1000 bytes')).rejects.toThrow(
      `${MAC} began to write to the disk S4EVNX0M, 256 bytes, and now means WD-1, 1000 bytes: nothing was written to that`,
    );
    // A disk that was exchanged is another matter.
    store.changeTargets(id, (target) => retried({ ...target, state: 'failed' }, Date.now()));
    await agent.register(MACHINE);
    await agent.started(MAC, 'WD-1, 1000 bytes');
  });

  it('that are asked for what they do not know fail, and the server knows', async () => {
    const { agent, store, id } = await aDeployment({ client: 'a-newer-one' });
    await expect(agent.register(MACHINE)).rejects.toMatchObject({ code: 'UNKNOWN_CLIENT' });
    expect(store.target(id, MAC)).toMatchObject({
      state: 'failed',
      failure: expect.stringContaining('a-newer-one, which this agent does not know'),
    });
  });

  it('say why they failed, be it at great length', async () => {
    const { agent, store, id } = await aDeployment();
    await agent.register(MACHINE);
    await agent.reportNote(MAC, 'a disk, '.repeat(2_000));
    await agent.reportFailure(MAC, new RunFailure('DISK_AMBIGUOUS', 'a disk, '.repeat(2_000)));
    expect(store.target(id, MAC)).toMatchObject({
      state: 'failed',
      failure: expect.stringMatching(/^DISK_AMBIGUOUS: a disk, /),
    });
  });

  it('that nobody has armed are not kept, whoever makes them up', async () => {
    const { agent, store } = await aDeployment({ armed: [OTHER] });
    await expect(agent.register(MACHINE)).rejects.toThrow('is not armed');
    await expect(agent.register({ ...FACTS, ids: ['x\u001b[2J'] })).rejects.toThrow('cannot be read: ids.0');
    expect(store.machines()).toEqual([]);
  });

  it('that failed are tried again when an operator wants it', async () => {
    const { agent, store, id, stateOf } = await aDeployment();
    await agent.register(MACHINE);
    await agent.started(MAC, 'serial=S1');
    await agent.reportFailure(MAC, new RunFailure('DISK_BROKEN', 'at offset 7'));
    expect(store.target(id, MAC)).toMatchObject({ state: 'failed', failure: 'DISK_BROKEN: at offset 7' });
    await expect(agent.register(MACHINE)).rejects.toThrow('nobody has asked for another try');
    store.changeTargets(id, (target) => retried(target, Date.now()));
    await agent.register(MACHINE);
    expect(stateOf(MAC)).toBe('deploying');
  });

  it('are not written to when they were cancelled while the image was made ready', async () => {
    const ready = Promise.withResolvers<void>();
    const { agent, store, id, stateOf } = await aDeployment({ prepare: () => ready.promise });
    const registered = expect(agent.register(MACHINE)).rejects.toThrow(
      `${MAC} was cancelled: it boots from its own disk`,
    );
    await sleep(100);
    store.changeTargets(id, (target) => cancelled(target, Date.now()));
    ready.resolve();
    await registered;
    expect(stateOf(MAC)).toBe('cancelled');
  });

  it('are not written to where they would have no host name', async () => {
    const { agent, store, stateOf } = await aDeployment({ hostName: 'pc-{name}' });
    await expect(agent.register(MACHINE)).rejects.toMatchObject({
      code: 'REFUSED',
      message: expect.stringContaining(`${MAC} has no name for`),
    });
    expect(stateOf(MAC)).toBe('armed');
    // It asks again and again, and an operator hears of it once.
    await expect(agent.register(MACHINE)).rejects.toMatchObject({ code: 'REFUSED' });
    const notes = store.events().filter(({ kind }) => kind === 'agentNoted');
    expect(notes.map(({ detail }) => detail)).toEqual([expect.stringContaining('has no name for')]);
  });

  it('are told apart where two have one id: the second is not written to', async () => {
    const { agent, store, stateOf } = await aDeployment({ armed: [UUID] });
    await agent.register({ ...FACTS, ids: [MAC, UUID] });
    await expect(agent.register({ ...FACTS, ids: [OTHER, UUID] })).rejects.toThrow(
      `${UUID} is being deployed, and has ${MAC}, not ${OTHER}: two machines have one id`,
    );
    expect(await agent.register({ ...FACTS, ids: [MAC, UUID] })).toMatchObject({ isResumed: true });
    const restarted = new AgentApi({ store });
    const registration = { ...FACTS, ids: [OTHER, UUID] };
    expect(await restarted.answer(store.deployment(1)!, 'POST /api/register', registration)).toMatchObject({
      status: 403,
    });
    store.changeTargets(1, (target) => retried({ ...target, state: 'failed' }, Date.now()));
    expect(await agent.register({ ...FACTS, ids: [OTHER, UUID] })).toMatchObject({ machine: UUID });
    expect(stateOf(UUID)).toBe('deploying');
  });

  it('hear that they were cancelled, and report nothing any more', async () => {
    const { agent, store, id } = await aDeployment();
    await agent.register(MACHINE);
    store.changeTargets(id, (target) => cancelled(target, Date.now()));
    const report = agent.reportProgress({ machine: MAC, phase: 'download', share: 0.5 });
    await expect(report).rejects.toMatchObject({ code: 'REFUSED', message: /was cancelled/ });
  });

  it('are released when nobody is left who wants anything', async () => {
    const { agent, agentWith } = await aDeployment({ armed: [MAC, OTHER] });
    await agent.register(MACHINE);
    await agent.reportVerified(MAC);
    let isReleased = false;
    const released = agent.released().then(() => {
      isReleased = true;
    });
    await agentWith('a-token').register({ ...FACTS, ids: [OTHER] });
    await sleep(50);
    expect(isReleased).toBe(false);
    await agent.reportVerified(OTHER);
    await released;
  });

  it('begin when enough of them are there', async () => {
    const { agent } = await aDeployment({ armed: [MAC, OTHER], start: { waitFor: 2, at: null } });
    await agent.register(MACHINE);
    let hasStarted = false;
    const started = agent.started(MAC, 'sda').then(() => {
      hasStarted = true;
    });
    await sleep(50);
    expect(hasStarted).toBe(false);
    await agent.register({ ...FACTS, ids: [OTHER] });
    await sleep(1_100);
    // The other one still reads its disk.
    expect(hasStarted).toBe(false);
    await agent.started(OTHER, 'sda');
    await started;
  });

  it('begin when an operator waits no longer for the others', async () => {
    const { agent, store, id } = await aDeployment({
      armed: [MAC, OTHER],
      start: { waitFor: 2, at: '2999-01-01T00:00:00Z' },
    });
    await agent.register(MACHINE);
    const started = agent.started(MAC, 'sda');
    store.beginDeployment(id);
    await started;
    expect(store.deployment(id)!.start).toEqual({ waitFor: 0, at: null });
    expect(store.events().at(-1)).toMatchObject({ deployment: id, kind: 'deploymentBegun' });
  });

  it('report how far they are, and what they note is kept', async () => {
    const { agent, store, id } = await aDeployment();
    const progress = { machine: MAC, phase: 'scan', share: 0.5 };
    await expect(agent.reportProgress(progress)).rejects.toThrow('has not registered');
    await agent.register(MACHINE);
    await agent.reportProgress(progress);
    await agent.reportNote(MAC, 'the disk is blank');
    expect(store.target(id, MAC)).toMatchObject({ state: 'deploying', phase: 'scan', share: 0.5 });
    expect(store.events().map(({ kind, detail }) => [kind, detail])).toEqual([
      ['deploymentCreated', 'lab version 3'],
      ['targetDeploying', ''],
      ['agentNoted', 'the disk is blank'],
    ]);
  });

  it('stay as they are when the image cannot be served', async () => {
    const prepare = () => Promise.reject(new RunFailure('BAD_METAINFO', 'the torrent is cut off'));
    const { agent, stateOf } = await aDeployment({ prepare });
    await expect(agent.register(MACHINE)).rejects.toThrow('cannot be served: the torrent is cut off');
    expect(stateOf(MAC)).toBe('armed');
  });
});

describe('an agent of another deployment', () => {
  it('learns nothing without a token, and nothing of machines that are not its own', async () => {
    const { agentWith, store } = await aDeployment();
    await expect(agentWith('guessed').register(MACHINE)).rejects.toThrow('the token of this deployment');
    const start = { waitFor: 1, at: null };
    const wish = { image: 'lab', version: 1, start, disk: 'only', machines: [OTHER] };
    store.createDeployment({ ...wish, agentToken: 'its-token' });
    const stranger = agentWith('its-token');
    await expect(stranger.register(MACHINE)).rejects.toThrow('is not armed');
    await expect(stranger.reportVerified(MAC)).rejects.toThrow(`${MAC} is not armed`);
    await expect(stranger.reportNote(MAC, 'x')).rejects.toThrow(`${MAC} is not armed`);
  });
});

describe('an agent whose server is away', () => {
  it('says again what has to be known', async () => {
    const { agent, url, server, store } = await aDeployment();
    await agent.register(MACHINE);
    await server.close();
    await expect(agent.reportVerified(MAC)).rejects.toMatchObject({ code: 'SERVER_LOST' });
    const patient = new DeploymentClient({ url, token: 'a-token' });
    const said = patient.reportVerified(MAC);
    const routes = [agentRoute(new AgentApi({ store }))];
    const again = await HttpServer.start({ host: '127.0.0.1', port: Number(new URL(url).port), routes });
    onTestFinished(() => again.close());
    await said;
    expect(store.armedTarget(MAC)).toMatchObject({ state: 'verified' });
  });
});
