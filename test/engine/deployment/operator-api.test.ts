import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { assert, asyncProperty, constantFrom, json, string, webPath } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerOperator, type OperatorApiOptions } from '../../../src/engine/deployment/operator-api.ts';
import { OPERATOR_ROUTES } from '../../../src/engine/deployment/operator-routes.ts';
import { anOperatorApi } from './an-operator-api.ts';

const [FIRST, SECOND] = ['52:54:00:00:00:01', '52:54:00:00:00:02'];

function ask(
  api: OperatorApiOptions,
  method: string,
  path: string,
  body: object | string = '',
  token = 'secret',
) {
  return answerOperator(api, {
    ...{ method, url: `/api/v1${path}`, authorization: `Bearer ${token}` },
    body: async () => (typeof body === 'string' ? body : JSON.stringify(body)),
  });
}

describe('the operator', () => {
  it('arms machines by name and tag for the newest version of an image', async () => {
    const api = await anOperatorApi();
    api.store.machineSeen(FIRST);
    await ask(api, 'PUT', `/machines/${FIRST}`, { name: 'pc-1', tags: ['room-7'] });
    const { status, body } = await ask(api, 'POST', '/deployments', {
      image: 'lab',
      machines: ['pc-1', SECOND],
      waitFor: 2,
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...{ id: 1, image: 'lab', version: 1, start: { waitFor: 2, at: null }, isOver: false },
      machines: [
        { machine: FIRST, state: 'armed' },
        { machine: SECOND, state: 'armed' },
      ],
    });
    expect(JSON.stringify(body)).not.toContain(api.store.deployments()[0]!.agentToken);
  });

  it('gives steps that every machine is told of', async () => {
    const api = await anOperatorApi();
    const steps = { scripts: [{ name: 'own', text: 'true', timeoutS: 5 }], efiBootEntry: true };
    const { body } = await ask(api, 'POST', '/deployments', { image: 'lab', machines: [FIRST], steps });
    const kept = { growLastPartition: false, hostName: null, ...steps };
    expect(body).toMatchObject({ steps: kept });
    expect(api.store.deployments()).toMatchObject([{ steps: kept }]);
  });

  it('arms nobody for steps that the image cannot have', async () => {
    const api = await anOperatorApi();
    const steps = { growLastPartition: true };
    expect(await ask(api, 'POST', '/deployments', { image: 'lab', machines: [FIRST], steps })).toMatchObject({
      status: 400,
      body: { error: 'steps.growLastPartition: the image has no partition' },
    });
    expect(api.store.deployments()).toEqual([]);
  });

  it('arms by a UUID only when an agent has told it: what boots is known by its MAC', async () => {
    const api = await anOperatorApi();
    const uuid = 'a0a1a2a3-0000-0000-0000-000000000001';
    const refusal = {
      status: 400,
      body: {
        error: `machines: no agent has told the UUID ${uuid} yet, so that its machine cannot be known when it boots; name it by its MAC`,
      },
    };
    const wish = { image: 'lab', machines: [FIRST] };
    await ask(api, 'POST', '/deployments', wish);
    expect(await ask(api, 'POST', '/deployments', { ...wish, machines: [SECOND, uuid] })).toMatchObject(
      refusal,
    );
    expect(await ask(api, 'POST', '/deployments/1/machines', { machines: [uuid] })).toMatchObject(refusal);
    expect(api.store.deployments()).toHaveLength(1);
    api.store.machineSeen(SECOND, { ids: [SECOND, uuid] });
    expect(await ask(api, 'POST', '/deployments/1/machines', { machines: [uuid] })).toMatchObject({
      status: 200,
    });
  });

  it('lets those begin that are ready', async () => {
    const api = await anOperatorApi();
    const at = '2999-01-01T00:00:00Z';
    await ask(api, 'POST', '/deployments', { image: 'lab', machines: [FIRST, SECOND], waitFor: 2, at });
    const { body } = await ask(api, 'POST', '/deployments/1/begin');
    expect(body).toMatchObject({ start: { waitFor: 0, at: null } });
    expect(await ask(api, 'POST', '/deployments/2/begin')).toMatchObject({ status: 400 });
  });

  it('cancels what is not done, and has it tried again', async () => {
    const api = await anOperatorApi();
    await ask(api, 'POST', '/deployments', { image: 'lab', machines: [FIRST, SECOND] });
    api.store.keepTarget({ ...api.store.armedTarget(SECOND)!, state: 'verified' });
    const cancelled = await ask(api, 'POST', '/deployments/1/cancel');
    expect(cancelled.body).toMatchObject({ machines: [{ state: 'cancelled' }, { state: 'verified' }] });
    const again = await ask(api, 'POST', '/deployments/1/retry');
    expect(again.body).toMatchObject({ machines: [{ state: 'armed' }, { state: 'verified' }] });
  });

  it('gives up a machine by its name, whatever it is at, and has some tried again', async () => {
    const api = await anOperatorApi();
    await ask(api, 'POST', '/deployments', { image: 'lab', machines: [FIRST, SECOND] });
    await ask(api, 'PUT', `/machines/${SECOND}`, { name: 'pc-2' });
    api.store.keepTarget({ ...api.store.armedTarget(SECOND)!, state: 'verified' });
    const statesAfter = async (path: string, machines: string[]) => {
      const { body } = await ask(api, 'POST', `/deployments/1/${path}`, { machines });
      return (body as { machines: { state: string }[] }).machines.map(({ state }) => state);
    };
    expect(await statesAfter('cancel', ['pc-2'])).toEqual(['armed', 'cancelled']);
    expect(await statesAfter('cancel', [FIRST])).toEqual(['cancelled', 'cancelled']);
    expect(await statesAfter('retry', ['pc-2'])).toEqual(['cancelled', 'armed']);
    const stranger = '52:54:00:00:00:03';
    expect(await ask(api, 'POST', '/deployments/1/cancel', { machines: [stranger] })).toMatchObject({
      status: 400,
      body: { error: `machines: ${stranger} is not in deployment 1` },
    });
  });

  it('names no disk that an agent could not be told of', async () => {
    const api = await anOperatorApi();
    const wish = { image: 'lab', machines: [FIRST], disk: 'serial=AB\u0001' };
    expect(await ask(api, 'POST', '/deployments', wish)).toMatchObject({ status: 400 });
    expect(api.store.deployments()).toEqual([]);
  });

  it('cannot try again what has been armed elsewhere since', async () => {
    const api = await anOperatorApi();
    await ask(api, 'POST', '/deployments', { image: 'lab', machines: [FIRST] });
    await ask(api, 'POST', '/deployments/1/cancel');
    await ask(api, 'POST', '/deployments', { image: 'lab', machines: [FIRST] });
    expect(await ask(api, 'POST', '/deployments/1/retry')).toMatchObject({
      status: 400,
      body: { error: `machines: ${FIRST} is armed already, in deployment 2` },
    });
  });

  it('reads what has happened since an event', async () => {
    const api = await anOperatorApi();
    await ask(api, 'POST', '/deployments', { image: 'lab', machines: [FIRST] });
    await ask(api, 'POST', '/deployments/1/cancel');
    const { body } = await ask(api, 'GET', '/events?after=1');
    expect(body).toMatchObject({ events: [{ id: 2, kind: 'targetCancelled', machine: FIRST }] });
  });

  it('reads what has happened in one deployment, all of it or the newest', async () => {
    const api = await anOperatorApi();
    await ask(api, 'POST', '/deployments', { image: 'lab', machines: [FIRST] });
    await ask(api, 'POST', '/deployments', { image: 'lab', machines: [SECOND] });
    await ask(api, 'POST', '/deployments/1/cancel');
    const { body } = await ask(api, 'GET', '/deployments/1/events');
    expect(body).toMatchObject({ events: [{ kind: 'deploymentCreated' }, { kind: 'targetCancelled' }] });
    const newest = [
      await ask(api, 'GET', '/deployments/1/events?last=1'),
      await ask(api, 'GET', '/deployments/1/events?after=1'),
    ];
    expect(newest.map((answer) => answer.body)).toMatchObject(Array(2).fill({ events: [{ id: 3 }] }));
  });

  it('is shown a deployment of which the image has been removed', async () => {
    const api = await anOperatorApi();
    const started = await ask(api, 'POST', '/deployments', { image: 'lab', machines: [FIRST] });
    expect(started.body).toMatchObject({ rawBytes: 4096 });
    const { folder } = await api.images.find('lab');
    // As where this process may not read it.
    await rm(join(folder, 'manifest.json'));
    await mkdir(join(folder, 'manifest.json'));
    expect((await ask(api, 'GET', '/deployments/1')).body).toMatchObject({ rawBytes: null });
    await api.images.remove('lab', 1);
    const { body } = await ask(api, 'GET', '/deployments/1');
    expect(body).toMatchObject({ image: 'lab', rawBytes: null, machines: [{ machine: FIRST }] });
  });

  it('sees which requests were refused, and why', async () => {
    const api = await anOperatorApi();
    await ask(api, 'GET', '/machines', '', 'wrong');
    await ask(api, 'GET', '/nothing');
    await ask(api, 'PATCH', '/machines');
    await ask(api, 'POST', '/deployments', 'no json');
    await ask(api, 'POST', '/deployments/7/cancel');
    expect((await ask(api, 'GET', '/status')).body).toEqual({
      since: expect.stringMatching(/Z$/),
      client: 'swarmboot',
      served: [],
      requests: 6,
      refused: { wrongToken: 1, unknownAddress: 1, wrongMethod: 1, bodyNoJson: 1, mistake: 1 },
    });
  });

  it.each([
    ['GET', '/events?after=-1', '', 'after: allowed is the id'],
    ['GET', '/deployments/7/events', '', 'there is no deployment 7'],
    ['POST', '/deployments', { image: 'lab', machines: ['pc-9'] }, 'no machine has this name'],
    ['POST', '/deployments', { image: 'none', machines: [FIRST] }, 'there is no none in'],
    ['POST', '/deployments', { image: 'lab', machines: [FIRST], waitFor: 2 }, 'waitFor'],
    ['POST', '/deployments', { image: 'lab', machines: [FIRST], when: 'now' }, 'when'],
    ['POST', '/deployments', 'no json', 'no JSON'],
    ['POST', '/deployments/7/cancel', '', 'there is no deployment 7'],
    ['DELETE', '/machines/pc-9', '', 'no machine has this name'],
  ] as const)('is told of a mistake: %s %s %o', async (method, path, body, error) => {
    const api = await anOperatorApi();
    const answer = await ask(api, method, path, body);
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).toContain(error);
    expect(api.store.deployments()).toEqual([]);
  });
});

describe('whoever has no token', () => {
  it.each(['', 'secre', 'secret2'])('learns nothing of what exists: %o', async (token) => {
    const api = await anOperatorApi();
    const paths = ['/machines', '/deployments/1', '/nothing', '/openapi.json'];
    const answers = await Promise.all(paths.map((path) => ask(api, 'GET', path, '', token)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(
      new Set([
        JSON.stringify({
          status: 401,
          body: { error: "the operator's token is missing or wrong" },
          headers: { 'www-authenticate': 'Bearer' },
        }),
      ]),
    );
  });
});

describe('the API', () => {
  it('says of itself what it can do, and of each method that is not there which are', async () => {
    const api = await anOperatorApi();
    const { body } = await ask(api, 'GET', '/openapi.json');
    const { paths } = body as { paths: Record<string, Record<string, object>> };
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(operations.sort()).toEqual(OPERATOR_ROUTES.map(({ method, path }) => `${method} ${path}`).sort());
    expect(await ask(api, 'PATCH', '/machines')).toMatchObject({
      status: 405,
      body: { error: 'allowed here is GET' },
    });
  });

  it('answers whatever it is asked', async () => {
    const api = await anOperatorApi();
    const paths = OPERATOR_ROUTES.map(({ path }) => path.replace('/api/v1', ''));
    await assert(
      asyncProperty(
        constantFrom('GET', 'POST', 'PUT', 'DELETE', 'TRACE'),
        constantFrom(...paths),
        webPath(),
        json(),
        string(),
        async (method, path, other, body, word) => {
          for (const asked of [
            path,
            other,
            path.replace(/\{.*\}/, encodeURIComponent(word)),
            path.replace(/\{.*\}/, '%ff'),
          ]) {
            const { status } = await ask(api, method, asked, body);
            expect([200, 400, 404, 405]).toContain(status);
          }
        },
      ),
    );
  });
});
