import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { ConfigError } from '../../failure.ts';
import { isKernelArgument } from '../boot/boot-catalogue.ts';
import type { RequestCounts } from '../http/request-counts.ts';
import type { ImageStore } from '../image/image-store.ts';
import type { SwarmClientName } from '../swarm/swarm-client-by-name.ts';
import { cancelled, type Deployment, givenUp, retried, type Target } from './deployment.ts';
import type { DeploymentStore } from './deployment-store.ts';
import { assertStepsFit, assertStepsStay } from './machine-steps.ts';
import { assertKnownAtBoot, machinesMeant } from './machine-words.ts';
import { postDeploySteps } from './post-deploy-steps.ts';
import type { ServedImageFigures } from './served-images.ts';
import { type ShownDeployment, shownDeployment } from './shown-deployment.ts';

/** What a route works with. */
export interface OperatorCall<Body> {
  readonly store: DeploymentStore;
  readonly images: ImageStore;
  readonly requests: RequestCounts;
  /** What the swarms of this server run. */
  readonly client: SwarmClientName;
  readonly served: () => Promise<readonly ServedImageFigures[]>;
  /** From the path and the query, decoded. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly body: Body;
}

/** One thing that an operator can ask for. A ConfigError is the caller's mistake. */
export interface OperatorRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With parameters in braces: `/api/v1/machines/{machine}`. */
  readonly path: string;
  readonly summary: string;
  /** Names of parameters in the query. */
  readonly query?: readonly string[];
  readonly body?: z.ZodType;
  answer(call: OperatorCall<never>): object | Promise<object>;
}

/** Ties the type of a body to what its schema yields. */
function route<Body>(
  described: Omit<OperatorRoute, 'answer' | 'body'> & {
    readonly body?: z.ZodType<Body>;
    answer(call: OperatorCall<Body>): object | Promise<object>;
  },
): OperatorRoute {
  return described as OperatorRoute;
}

const description = z.strictObject({
  name: z.string().min(1).max(64).nullable().default(null).describe('a name that no other machine has'),
  tags: z.array(z.string().min(1).max(64)).max(32).default([]).describe('rooms, groups, whatever helps'),
});

const wish = z.strictObject({
  image: z.string().describe('name of a golden image in the store'),
  version: z.int().min(1).optional().describe('default: the newest'),
  machines: z
    .array(z.string())
    .min(1)
    .max(10_000)
    .describe('MACs, UUIDs, names, or `tag:NAME` for all that have a tag: they are armed, once'),
  waitFor: z.int().min(1).default(1).describe('begin when so many machines are ready to be written to'),
  at: z.iso.datetime({ offset: true }).nullable().default(null).describe('begin not before this time'),
  disk: z
    .string()
    .regex(/^(only|(serial|wwn|path)=\S+)$/, {
      error: 'allowed are `only`, `serial=...`, `wwn=...` and `path=...`, without spaces',
    })
    // An agent that is not told takes the only one.
    .refine(isKernelArgument, { error: 'allowed are letters, digits and signs that can be printed' })
    .default('only')
    .describe(
      'of each machine: `serial=`, `wwn=`, `path=`, or `only`: its only fixed disk that is large enough, whatever smaller ones there are',
    ),
  steps: postDeploySteps
    .nullable()
    .default(null)
    .describe('what is done to each disk once it holds the image'),
});

const some = z
  .strictObject({
    machines: z
      .array(z.string())
      .min(1)
      .max(10_000)
      .optional()
      .describe('MACs, UUIDs, names, or `tag:NAME`; default: all of the deployment'),
  })
  .prefault({});

/** Everything that an operator can ask for. */
export const OPERATOR_ROUTES: readonly OperatorRoute[] = [
  route({
    method: 'GET',
    path: '/api/v1/status',
    summary:
      'Since when the server runs, the client of its swarms, the images that it serves, and how many requests came to this API and were refused for which reason',
    answer: async ({ requests, client, served }) => ({ ...requests.figures, client, served: await served() }),
  }),
  route({
    method: 'GET',
    path: '/api/v1/machines',
    summary: 'All machines that have been seen or described',
    answer: ({ store }) => ({ machines: store.machines() }),
  }),
  route({
    method: 'PUT',
    path: '/api/v1/machines/{machine}',
    summary: 'Gives a machine a name and tags',
    body: description,
    answer: ({ store, parameters, body }) => {
      const mac = theMachine(store, parameters.machine!);
      store.describeMachine(mac, body);
      return { mac, ...body };
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/v1/machines/{machine}',
    summary: 'Forgets a machine that is not being deployed',
    answer: ({ store, parameters }) => ({
      mac: store.forgetMachine(theMachine(store, parameters.machine!)),
    }),
  }),
  route({
    method: 'GET',
    path: '/api/v1/images',
    summary: 'Names and versions of all golden images',
    answer: async ({ images }) => ({ images: await images.versions() }),
  }),
  route({
    method: 'POST',
    path: '/api/v1/deployments',
    summary: 'Arms machines for an image',
    body: wish,
    answer: async ({ store, images, body }) => {
      const { manifest } = await images.find(body.image, body.version);
      const known = store.machines();
      const machines = machinesMeant(body.machines, known);
      assertKnownAtBoot(machines, known);
      if (body.waitFor > machines.length)
        throw new ConfigError(
          'waitFor',
          `${body.waitFor} machines are waited for, and ${machines.length} are named`,
        );
      if (body.steps) assertStepsFit(body.steps, manifest, { machines, known });
      const deployment = store.createDeployment({
        image: manifest.name,
        version: manifest.version,
        agentToken: randomBytes(24).toString('base64url'),
        machines,
        start: { waitFor: body.waitFor, at: body.at && new Date(body.at).toISOString() },
        disk: body.disk,
        steps: body.steps,
      });
      return shownDeployment({ store, images }, deployment);
    },
  }),
  route({
    method: 'GET',
    path: '/api/v1/deployments',
    summary: 'All deployments with their machines',
    answer: async (call) => ({
      deployments: await Promise.all(call.store.deployments().map((one) => shownDeployment(call, one))),
    }),
  }),
  route({
    method: 'GET',
    path: '/api/v1/deployments/{id}',
    summary: 'One deployment with its machines',
    answer: (call) => shownDeployment(call, theDeployment(call.store, call.parameters.id!)),
  }),
  route({
    method: 'POST',
    path: '/api/v1/deployments/{id}/machines',
    summary: 'Arms further machines, or anew those that were done, failed or cancelled',
    body: z.strictObject({ machines: z.array(z.string()).min(1).max(10_000) }),
    answer: async (call) => {
      const { store, images, parameters, body } = call;
      const deployment = theDeployment(store, parameters.id!);
      const known = store.machines();
      const joining = machinesMeant(body.machines, known);
      assertKnownAtBoot(joining, known);
      if (deployment.steps) {
        const { manifest } = await images.find(deployment.image, deployment.version);
        const machines = store.targetsOf(deployment.id).map(({ machine }) => machine);
        assertStepsStay(deployment.steps, manifest, { machines, joining, known });
      }
      store.armMachines(deployment.id, joining);
      return shownDeployment(call, deployment);
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/deployments/{id}/begin',
    summary:
      'Lets the machines that are ready begin: those that have not come, and the time, are not waited for',
    answer: (call) => {
      const { id } = theDeployment(call.store, call.parameters.id!);
      call.store.beginDeployment(id);
      return shownDeployment(call, theDeployment(call.store, call.parameters.id!));
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/deployments/{id}/cancel',
    summary:
      'Disarms all machines that have not got the image yet, and those that have it and were not heard for ten minutes; machines that are named are disarmed and not waited for, whatever they are at',
    body: some,
    answer: (call) =>
      changed(call, (target) => (call.body.machines ? givenUp(target) : cancelled(target, Date.now()))),
  }),
  route({
    method: 'POST',
    path: '/api/v1/deployments/{id}/retry',
    summary:
      'Arms those machines again that failed or were cancelled, and those that have the image and were not heard for ten minutes',
    body: some,
    answer: (call) => changed(call, (target) => retried(target, Date.now())),
  }),
  route({
    method: 'GET',
    path: '/api/v1/events',
    summary: 'What has happened, after the event of that id',
    query: ['after'],
    answer: ({ store, parameters }) => ({ events: store.events(afterOf(parameters)) }),
  }),
  route({
    method: 'GET',
    path: '/api/v1/deployments/{id}/events',
    summary: 'What has happened in one deployment, after the event of that id; the newest `last` of it',
    query: ['after', 'last'],
    answer: ({ store, parameters }) => {
      const { id } = theDeployment(store, parameters.id!);
      const { last } = parameters;
      const which = { afterId: afterOf(parameters), ...(last !== undefined && { last: lastOf(last) }) };
      return { events: store.eventsOf(id, which) };
    },
  }),
];

function theMachine(store: DeploymentStore, word: string): string {
  const [mac, ...others] = machinesMeant([word], store.machines());
  if (mac && others.length === 0) return mac;
  throw new ConfigError('machine', `\`${word}\` means ${others.length + 1} machines`);
}

function theDeployment(store: DeploymentStore, id: string): Deployment {
  const deployment = store.deployments().find((one) => String(one.id) === id);
  if (deployment) return deployment;
  throw new ConfigError('id', `there is no deployment ${id}`);
}

async function changed(
  call: OperatorCall<z.output<typeof some>>,
  change: (target: Target) => Target,
): Promise<ShownDeployment> {
  const { store, body } = call;
  const deployment = theDeployment(store, call.parameters.id!);
  const named = body.machines && targetsNamed(store, deployment, body.machines);
  store.changeTargets(deployment.id, (target) =>
    named && !named.has(target.machine) ? target : change(target),
  );
  return shownDeployment(call, deployment);
}

/** By whatever name of theirs the deployment knows them. Throws a ConfigError for a machine that is not in it. */
function targetsNamed(
  store: DeploymentStore,
  { id }: Deployment,
  words: readonly string[],
): ReadonlySet<string> {
  const machines = machinesMeant(words, store.machines()).flatMap((machine) => {
    const targets = store.idsOf(machine).filter((one) => store.target(id, one));
    if (targets.length === 0) throw new ConfigError('machines', `${machine} is not in deployment ${id}`);
    return targets;
  });
  return new Set(machines);
}

function afterOf({ after = '0' }: Readonly<Record<string, string>>): number {
  if (/^\d{1,15}$/.test(after)) return Number(after);
  throw new ConfigError('after', 'allowed is the id of an event');
}

function lastOf(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new ConfigError('last', 'allowed is a number of events from 1 up');
}
