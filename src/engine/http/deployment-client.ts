import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { RunFailure } from '../../failure.ts';
import { type MachineSteps, machineSteps } from '../deployment/post-deploy-steps.ts';
import { ProtocolError } from '../protocol-error.ts';
import { SWARM_CLIENT_NAMES } from '../swarm/swarm-client-by-name.ts';
import type { AgentReport } from './agent-report.ts';
import { bootFilePath } from './boot-file-path.ts';
import { exchange, type HttpAnswer } from './exchange-client.ts';
import { fetchRange } from './range-client.ts';
import { type Admission, MOST_SENTENCE, type Registration } from './registration.ts';

/** The server of a deployment, as an agent was told of it at boot. */
export interface DeploymentSource {
  /** Such as `http://10.0.0.1:8080`. */
  readonly url: string;
  /** Shows that an agent belongs to the deployment. */
  readonly token: string;
  /** How long a server may be away before what has to be told it is given up [ms]; default: five minutes. */
  readonly patienceMs?: number;
}

/** What the server tells a machine that may be written to, with what is to be done when it is written. */
export interface TakenMachine extends Omit<Admission, 'steps'> {
  readonly steps: MachineSteps | undefined;
}

const answerWithSteps = z.looseObject({ steps: machineSteps.nullish() });
const answerWithClient = z.looseObject({ client: z.enum(SWARM_CLIENT_NAMES).optional() });

/** No description of an image is longer: 4 million chunks of 56 bytes. */
const MOST_FILE_BYTES = 2 ** 28;
const ANSWER_MS = 10_000;
/** For a whole file: all machines of a room may fetch theirs at the same time. */
const FILE_MS = 120_000;
/** Of HTTP; our server answers with no other where it does what it was asked. */
const OK = 200;
const FAILED = 500;
/** Between two looks whether something has come about, and two tries to reach a server that is away. */
const LOOK_MS = 1_000;
const PATIENCE_MS = 300_000;

interface Exchange {
  readonly path: string;
  readonly body?: object | undefined;
  /** For all of it. */
  readonly patienceMs: number;
}

/** What an agent says to its server. Everything rejects with a RunFailure: `REFUSED` with the reason, or `SERVER_LOST`. */
export class DeploymentClient {
  readonly #source: DeploymentSource;
  readonly #patienceMs: number;

  constructor(source: DeploymentSource) {
    this.#source = source;
    this.#patienceMs = source.patienceMs ?? PATIENCE_MS;
  }

  /**
   * Steps or a client that this agent does not know are a RunFailure (`UNKNOWN_STEPS`, `UNKNOWN_CLIENT`), before anything
   * is written; the server is told.
   */
  async register(registration: Registration): Promise<TakenMachine> {
    const answer = (await this.#insist('/api/register', registration)) as Admission;
    try {
      return takenBy(answer);
    } catch (error) {
      // The server has taken it.
      if (error instanceof RunFailure && !registration.isTrial)
        await this.reportFailure(answer.machine, error).catch(() => {});
      throw error;
    }
  }

  /**
   * Resolves when this machine may be written to: enough others are ready, too. Rejects when it was cancelled, and where it
   * had begun with another disk.
   * @param disk what tells the disk that is meant from others
   */
  async started(machine: string, disk: string): Promise<void> {
    const hasStarted = async (): Promise<boolean> =>
      ((await this.#insist('/api/start', { machine, disk })) as { hasStarted: boolean }).hasStarted;
    while (!(await hasStarted())) await sleep(LOOK_MS);
  }

  async reportProgress(progress: {
    readonly machine: string;
    readonly phase: string;
    readonly share: number;
  }): Promise<void> {
    await this.#ask('/api/progress', progress);
  }

  /** Something that somebody should know, and that is no failure. */
  async reportNote(machine: string, sentence: string): Promise<void> {
    await this.#ask('/api/note', { machine, sentence: sentence.slice(0, MOST_SENTENCE) });
  }

  async reportVerified(machine: string): Promise<void> {
    await this.#insist('/api/verified', { machine });
  }

  async reportFinished(machine: string, report: AgentReport): Promise<void> {
    await this.#insist('/api/finished', { machine, report });
  }

  async reportFailure(machine: string, { code, message }: RunFailure): Promise<void> {
    await this.#insist('/api/failed', { machine, code, message: message.slice(0, MOST_SENTENCE) });
  }

  /** Resolves when the swarm needs this machine no longer, and where the server has been away for long. */
  async released(): Promise<void> {
    const isReleased = async (): Promise<boolean> => {
      try {
        return ((await this.#insist('/api/release')) as { isReleased: boolean }).isReleased;
      } catch (error) {
        if (isServerLost(error)) return true;
        throw error;
      }
    };
    while (!(await isReleased())) await sleep(LOOK_MS);
  }

  /** A whole file of the server. */
  async file(path: string): Promise<Uint8Array> {
    const { status, body } = await this.#overRestart(() =>
      this.#exchange({ path: bootFilePath(path), patienceMs: FILE_MS }),
    );
    if (status === OK) return body;
    throw new RunFailure('REFUSED', `the server has no ${path}: it answered with status ${status}`);
  }

  /** Part of a file of the server. */
  async range(
    path: string,
    {
      begin,
      bytes,
      fileBytes,
    }: { readonly begin: number; readonly bytes: number; readonly fileBytes: number },
  ): Promise<Uint8Array> {
    const range = { url: `${this.#source.url}/${path}`, first: begin, last: begin + bytes - 1, fileBytes };
    return await this.#overRestart(async () => {
      try {
        return await wholeOf(fetchRange(range, new AbortController().signal));
      } catch (cause) {
        if (!(cause instanceof ProtocolError)) throw cause;
        throw new RunFailure('SERVER_LOST', `the server does not send ${path}: ${cause.message}`, { cause });
      }
    });
  }

  /** The same as `#ask`, over a restart of the server. */
  #insist(path: string, body?: object): Promise<unknown> {
    return this.#overRestart(() => this.#ask(path, body));
  }

  /** Tries again and again while the server is away, as long as patience lasts. */
  async #overRestart<Answer>(attempt: () => Promise<Answer>): Promise<Answer> {
    const startMs = performance.now();
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        if (!isServerLost(error) || performance.now() - startMs > this.#patienceMs) throw error;
        await sleep(LOOK_MS);
      }
    }
  }

  /** @param body left out for a question without one */
  async #ask(path: string, body?: object): Promise<unknown> {
    const { status, body: text } = await this.#exchange({ path, body, patienceMs: ANSWER_MS });
    const answer = parsed(text);
    if (status === OK) return answer;
    throw new RunFailure(
      'REFUSED',
      `the server refused this machine: ${(answer as { error: string }).error}`,
    );
  }

  async #exchange({ path, body, patienceMs }: Exchange): Promise<HttpAnswer> {
    const { url, token } = this.#source;
    const question = { token, patienceMs, mostBytes: MOST_FILE_BYTES, ...(body && { body }) };
    const answer = await exchange({ ...question, url: new URL(path, `${url}/`) }).catch(serverLost);
    // A full disk of the server, for example: it may be mended while we wait.
    return answer.status === FAILED ? serverLost(new Error('it failed, and its log says why')) : answer;
  }
}

/** Throws a RunFailure (`UNKNOWN_CLIENT`, `UNKNOWN_STEPS`) for an answer of a newer server. */
function takenBy(answer: Admission): TakenMachine {
  if (!answerWithClient.safeParse(answer).success)
    throw new RunFailure(
      'UNKNOWN_CLIENT',
      `the swarm of this deployment runs ${answer.client}, which this agent does not know: build its boot image anew`,
    );
  const read = answerWithSteps.safeParse(answer);
  if (read.success) return { ...answer, steps: read.data.steps ?? undefined };
  const { path, message } = read.error.issues[0]!;
  throw new RunFailure(
    'UNKNOWN_STEPS',
    `the server asks for steps that this agent does not know: ${path.join('.')}: ${message}`,
  );
}

/** What a proxy or a server on its way down says is no JSON. */
function parsed(text: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(text).toString());
  } catch (cause) {
    return serverLost(cause as Error);
  }
}

async function wholeOf(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function isServerLost(error: unknown): boolean {
  return error instanceof RunFailure && error.code === 'SERVER_LOST';
}

function serverLost(cause: Error): never {
  const reason = cause.cause instanceof Error ? cause.cause.message : cause.message;
  throw new RunFailure('SERVER_LOST', `the connection to the server broke off: ${reason}`, { cause });
}
