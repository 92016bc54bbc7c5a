import { z } from 'zod';
import { ConfigError, RunFailure } from '../../failure.ts';
import { agentReport } from '../http/agent-report.ts';
import { bearerToken } from '../http/bearer-token.ts';
import { type Admission, MOST_SENTENCE, type Registration, registration } from '../http/registration.ts';
import { folderOnServer } from '../image/served-image.ts';
import type { SwarmClientName } from '../swarm/swarm-client-by-name.ts';
import { type Deployment, doubled, hasStarted, isSwarmNeeded, type Target } from './deployment.ts';
import type { DeploymentStore } from './deployment-store.ts';
import { stepsOfMachine } from './machine-steps.ts';
import type { MachineSteps } from './post-deploy-steps.ts';

/** An answer to an agent before it is sent. */
export interface AgentAnswer {
  readonly status: 200 | 400 | 403 | 404 | 409 | 503;
  readonly body: object;
}

export interface AgentApiOptions {
  readonly store: DeploymentStore;
  /** Makes the image of a deployment ready to be fetched. Rejects with a RunFailure where that cannot be. */
  readonly prepare?: (deployment: Deployment) => Promise<void>;
  /** What machines are told to run; left out where they know. */
  readonly client?: SwarmClientName;
}

const text = z.string().max(256);
const sentence = z.string().max(MOST_SENTENCE);
const naming = z.object({ machine: text });
const starting = z.object({ machine: text, disk: text.optional() });
const finish = z.object({ machine: text, report: agentReport });
const progress = z.object({ machine: text, phase: text, share: z.number().min(0).max(1) });
const failure = z.object({ machine: text, code: text, message: sentence });
const note = z.object({ machine: text, sentence });

type Route = (deployment: Deployment, body: unknown) => AgentAnswer | Promise<AgentAnswer>;

/**
 * What the server answers to agents. Only a machine that an operator has armed is ever written to, and an arming is used
 * up when the machine is finished; until then it may come again and go on, as after a power cut.
 */
export class AgentApi {
  readonly #store: DeploymentStore;
  readonly #prepare: NonNullable<AgentApiOptions['prepare']>;
  readonly #client: SwarmClientName | undefined;
  readonly #routes: ReadonlyMap<string, Route>;
  /** Machines that ask whether they may begin; a machine is in one deployment at a time. After a restart they ask again. */
  readonly #waiting = new Set<string>();
  /** By machine that is armed and was refused: why. */
  readonly #refused = new Map<string, string>();

  constructor({ store, prepare = () => Promise.resolve(), client }: AgentApiOptions) {
    this.#store = store;
    this.#prepare = prepare;
    this.#client = client;
    this.#routes = new Map<string, Route>([
      ['POST /api/register', reading(registration, (deployment, body) => this.#register(deployment, body))],
      ['POST /api/start', reading(starting, (deployment, body) => this.#start(deployment, body))],
      ['POST /api/progress', this.#changing(progress, ({ phase, share }) => ({ phase, share }))],
      ['POST /api/note', this.#noting()],
      ['POST /api/verified', this.#changing(naming, () => ({ state: 'verified' }))],
      ['GET /api/release', (deployment) => this.#release(deployment)],
      ['POST /api/finished', this.#changing(finish, ({ report }) => ({ state: 'finished', report }))],
      [
        'POST /api/failed',
        this.#changing(failure, ({ code, message }) => ({
          state: 'failed',
          failure: `${code}: ${message}`,
        })),
      ],
    ]);
  }

  /** @param route method and path */
  has(route: string): boolean {
    return this.#routes.has(route);
  }

  /** The deployment that a request belongs to by its token. */
  deploymentOf(authorization: string | undefined): Deployment | undefined {
    const token = bearerToken(authorization);
    return token === undefined ? undefined : this.#store.deploymentByToken(token);
  }

  /** @param route method and path, one that it `has` */
  answer(deployment: Deployment, route: string, body: unknown): AgentAnswer | Promise<AgentAnswer> {
    return this.#routes.get(route)!(deployment, body);
  }

  async #register(deployment: Deployment, asked: Registration): Promise<AgentAnswer> {
    const { ids, isTrial, ...facts } = asked;
    const known = ids
      .map((id) => this.#store.target(deployment.id, id))
      .filter((target) => target !== undefined);
    this.#keepFacts(ids, facts, known.length > 0);
    const target = known.find((one) => this.#store.isArmed(one));
    if (!target) return refusal(403, `${ids.join(', ')} ${reasonAgainst(known)}: it boots from its own disk`);
    const answered = await this.#admit(deployment, target, asked);
    if (answered.status !== 200) this.#noteRefusal(target, (answered.body as { error: string }).error);
    return answered;
  }

  /** A machine that is armed, unless something is against it. */
  async #admit(deployment: Deployment, { machine }: Target, asked: Registration): Promise<AgentAnswer> {
    const { ids, isTrial } = asked;
    try {
      await this.#prepare(deployment);
    } catch (error) {
      if (!(error instanceof RunFailure)) throw error;
      return refusal(503, `the image cannot be served: ${error.message}`);
    }
    // It may have been cancelled while the image was made ready.
    const target = this.#store.target(deployment.id, machine);
    if (!target || !this.#store.isArmed(target))
      return refusal(403, `${machine} ${reasonAgainst(target ? [target] : [])}: it boots from its own disk`);
    const other = this.#otherTakenFor(target, ids);
    if (other) return refusal(403, other);
    const steps = this.#stepsOf(deployment, machine);
    if (steps instanceof ConfigError) return refusal(409, steps.message);
    const admission = answer({
      machine,
      imageFolder: folderOnServer(deployment.image, deployment.version),
      isResumed: target.state !== 'armed' || this.#store.hasBegun(ids, deployment),
      steps,
      client: this.#client,
    } satisfies Admission);
    if (!isTrial) this.#take(target, ids);
    return admission;
  }

  #take(target: Target, ids: readonly string[]): void {
    const { machine, state } = target;
    const disk = state === 'armed' ? null : this.#store.takenFor(target).disk;
    this.#store.keepTaken(target, { ids, disk });
    this.#waiting.delete(machine);
    // An arming by another of its ids is used up with this one, and none of them can be tried again.
    const others = this.#store.otherTargets(ids, target).filter((one) => isSecondName(one, target));
    for (const one of others) this.#store.keepTarget(doubled(one, machine));
    this.#store.keepTarget({ ...target, state: 'deploying', phase: 'register', share: null });
  }

  /** It asks again after each restart: an operator hears of it once. */
  #noteRefusal({ deployment, machine }: Target, sentence: string): void {
    if (this.#refused.get(machine) === sentence) return;
    this.#refused.set(machine, sentence);
    this.#store.note(deployment, machine, `refused: ${sentence}`);
  }

  /** @returns a sentence where somebody else is being deployed by that id, who has no other id in common with these */
  #otherTakenFor(target: Target, ids: readonly string[]): string | undefined {
    const { machine, state } = target;
    if (state === 'armed') return;
    const [before, now] = [this.#store.takenFor(target).ids, ids].map((all) =>
      all.filter((id) => id !== machine),
    ) as [string[], string[]];
    if (before.length === 0 || now.length === 0 || now.some((id) => before.includes(id))) return;
    return `${machine} is being deployed, and has ${before.join(', ')}, not ${now.join(', ')}: two machines have one id, arm them by others`;
  }

  /** @returns what is done to the disk, or why the machine cannot be told */
  #stepsOf({ id, steps }: Deployment, machine: string): MachineSteps | null | ConfigError {
    if (!steps) return null;
    const machines = this.#store.targetsOf(id).map((target) => target.machine);
    try {
      return stepsOfMachine(steps, { machine, machines, known: this.#store.machines() });
    } catch (error) {
      if (error instanceof ConfigError) return error;
      throw error;
    }
  }

  /**
   * Under the address by which the machine is known already, or the first of those that it has; of one that is neither known
   * nor meant nothing, since anybody may make up machines.
   */
  #keepFacts(ids: readonly string[], facts: object, isMeant: boolean): void {
    const mac = ids.find((id) => this.#store.machine(id)) ?? (isMeant ? ids[0] : undefined);
    if (mac !== undefined) this.#store.machineSeen(mac, { ids, ...facts });
  }

  /** From its start on a machine goes on with the disk that it began with. */
  #start(deployment: Deployment, { machine, disk }: z.output<typeof starting>): AgentAnswer {
    const target = this.#store.target(deployment.id, machine);
    if (!target || !isUnderWay(target))
      return refusal(409, `${machine} ${reasonAgainst(target ? [target] : [])}`);
    const taken = this.#store.takenFor(target);
    if (disk !== undefined && taken.disk !== null && disk !== taken.disk)
      return refusal(
        409,
        `${machine} began to write to the disk ${taken.disk}, and now means ${disk}: nothing was written to that; name the disk by serial or wwn, or try it again if the disk was exchanged`,
      );
    this.#waiting.add(machine);
    const targets = this.#store.targetsOf(deployment.id);
    const isStarted = hasStarted(deployment, targets, { waiting: this.#waiting, nowMs: Date.now() });
    if (isStarted && disk !== undefined && taken.disk === null)
      this.#store.keepTaken(target, { ...taken, disk });
    return answer({ hasStarted: isStarted });
  }

  #release({ id }: Deployment): AgentAnswer {
    return answer({ isReleased: !isSwarmNeeded(this.#store.targetsOf(id), Date.now()) });
  }

  #changing<Body extends { machine: string }>(
    schema: z.ZodType<Body>,
    change: (body: Body) => Partial<Target>,
  ): Route {
    return reading(schema, (deployment, body) => {
      const target = this.#store.target(deployment.id, body.machine);
      const changes = change(body);
      // It was heard, and the answer got lost.
      if (target && !isUnderWay(target) && changes.state === target.state)
        return answer({ machine: body.machine });
      if (!target || !isUnderWay(target))
        return refusal(409, `${body.machine} ${reasonAgainst(target ? [target] : [])}`);
      this.#store.keepTarget({ ...target, ...changes });
      return answer({ machine: body.machine });
    });
  }

  #noting(): Route {
    return reading(note, ({ id }, { machine, sentence: said }) => {
      if (!this.#store.target(id, machine)) return refusal(409, `${machine} ${reasonAgainst([])}`);
      this.#store.note(id, machine, said);
      return answer({ machine });
    });
  }
}

/** Only a machine that has registered reports anything, also one that was not heard for long. */
function isUnderWay({ state }: Target): boolean {
  return state === 'deploying' || state === 'verified';
}

/**
 * Whether a target of the same machine, under another of its ids or in another deployment, could still have it written to:
 * it is armed, or could be tried again. One of this deployment that failed under its other id is this machine's own.
 */
function isSecondName({ state, deployment }: Target, taken: Target): boolean {
  return (
    state === 'armed' || (deployment === taken.deployment && (state === 'failed' || state === 'cancelled'))
  );
}

function reasonAgainst([target]: readonly Target[]): string {
  switch (target?.state) {
    case undefined:
      return 'is not armed';
    case 'armed':
      return 'has not registered';
    case 'failed':
      return 'has failed, and nobody has asked for another try';
    case 'cancelled':
      return 'was cancelled';
    case 'verified':
      return 'has the image and was not heard for ten minutes, so that somebody may work with it (`deploy retry` has it written again)';
    default:
      return 'was deployed already, and arming it counts once';
  }
}

function reading<Body>(
  schema: z.ZodType<Body>,
  answerTo: (deployment: Deployment, body: Body) => AgentAnswer | Promise<AgentAnswer>,
): Route {
  return (deployment, body) => {
    const read = schema.safeParse(body);
    if (read.success) return answerTo(deployment, read.data);
    const { path, message } = read.error.issues[0]!;
    return refusal(400, `the request cannot be read: ${path.join('.') || 'body'}: ${message}`);
  };
}

function answer(body: object): AgentAnswer {
  return { status: 200, body };
}

function refusal(status: AgentAnswer['status'], error: string): AgentAnswer {
  return { status, body: { error } };
}
