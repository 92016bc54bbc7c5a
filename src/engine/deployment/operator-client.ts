import type { z } from 'zod';
import { ConfigError, RunFailure } from '../../failure.ts';
import type { SwarmClientName } from '../swarm/swarm-client-by-name.ts';
import type { postDeploySteps } from './post-deploy-steps.ts';
import type { ShownDeployment } from './shown-deployment.ts';
import type { StoredEvent } from './stored-events.ts';
import type { Machine, MachineDescription } from './stored-machines.ts';

/** Where the server is, and what shows that an operator asks. */
export interface OperatorAccess {
  /** Such as `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly token: string;
}

/** What is asked for in a new deployment; what is left out is up to the server. */
export interface WishedDeployment {
  readonly image: string;
  readonly version?: number;
  /** MACs, UUIDs, names, `tag:NAME`. */
  readonly machines: readonly string[];
  readonly waitFor?: number;
  /** RFC 3339. */
  readonly at?: string;
  /** Of each machine: `serial=...`, `wwn=...`, `path=...`, or `only`, the only one that is large enough. */
  readonly disk?: string;
  readonly steps?: z.input<typeof postDeploySteps>;
}

const ANSWER_MS = 10_000;

/**
 * What an operator asks a server. Everything rejects with a ConfigError where the request is a mistake or its token is
 * not accepted, and with a RunFailure where the server does not answer (`SERVER_LOST`) or cannot do it (`SERVER_FAILED`).
 */
export class OperatorClient {
  readonly #access: OperatorAccess;
  readonly #signal: AbortSignal;

  /** @param signal aborts what is being asked; it rejects with the signal's reason */
  constructor(access: OperatorAccess, signal: AbortSignal = new AbortController().signal) {
    this.#access = access;
    this.#signal = signal;
  }

  /** What the swarms of the server run; undefined where it is too old to say so. */
  async swarmClient(): Promise<SwarmClientName | undefined> {
    return (await this.#ask<{ client?: SwarmClientName }>('GET', 'status')).client;
  }

  async machines(): Promise<readonly Machine[]> {
    return (await this.#ask<{ machines: Machine[] }>('GET', 'machines')).machines;
  }

  /** @param machine MAC, UUID or name */
  describeMachine(
    machine: string,
    description: MachineDescription,
  ): Promise<MachineDescription & { readonly mac: string }> {
    return this.#ask('PUT', `machines/${encodeURIComponent(machine)}`, description);
  }

  forgetMachine(machine: string): Promise<{ readonly mac: string }> {
    return this.#ask('DELETE', `machines/${encodeURIComponent(machine)}`);
  }

  startDeployment(wish: WishedDeployment): Promise<ShownDeployment> {
    return this.#ask('POST', 'deployments', wish);
  }

  async deployments(): Promise<readonly ShownDeployment[]> {
    return (await this.#ask<{ deployments: ShownDeployment[] }>('GET', 'deployments')).deployments;
  }

  deployment(id: number): Promise<ShownDeployment> {
    return this.#ask('GET', `deployments/${id}`);
  }

  armMachines(id: number, machines: readonly string[]): Promise<ShownDeployment> {
    return this.#ask('POST', `deployments/${id}/machines`, { machines });
  }

  beginDeployment(id: number): Promise<ShownDeployment> {
    return this.#ask('POST', `deployments/${id}/begin`);
  }

  /** @param machines those of it that are meant; all where there is none */
  cancelDeployment(id: number, machines: readonly string[] = []): Promise<ShownDeployment> {
    return this.#ask('POST', `deployments/${id}/cancel`, machines.length > 0 ? { machines } : {});
  }

  /** @param machines the same */
  retryDeployment(id: number, machines: readonly string[] = []): Promise<ShownDeployment> {
    return this.#ask('POST', `deployments/${id}/retry`, machines.length > 0 ? { machines } : {});
  }

  /** Of one deployment: those after an event, or the newest. */
  async events(
    id: number,
    which: { readonly after: number } | { readonly last: number },
  ): Promise<readonly StoredEvent[]> {
    const query = Object.entries(which)
      .map(([name, value]) => `${name}=${value}`)
      .join('&');
    return (await this.#ask<{ events: StoredEvent[] }>('GET', `deployments/${id}/events?${query}`)).events;
  }

  async #ask<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    const { url, token } = this.#access;
    const response = await fetch(new URL(`/api/v1/${path}`, url), {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      signal: AbortSignal.any([this.#signal, AbortSignal.timeout(ANSWER_MS)]),
      ...(body && { body: JSON.stringify(body) }),
    }).catch((cause: Error) => this.#lost(cause));
    const text = await response.text().catch((cause: Error) => this.#lost(cause));
    const answer = objectIn(text);
    if (response.ok && answer) return answer as Answer;
    throw this.#refused(response.status, answer?.error);
  }

  #refused(status: number, error: unknown): Error {
    const { url } = this.#access;
    if (typeof error !== 'string') {
      const sentence = `what answers at ${url} is no Swarmboot server (status ${status}); look at the address and the port`;
      return new RunFailure('SERVER_FAILED', sentence);
    }
    if (status === 401)
      return new ConfigError(
        'token',
        `the server at ${url} does not accept it; take the one that stands in its file operator-access.json now`,
      );
    if (status < 500) return new ConfigError('', error);
    return new RunFailure('SERVER_FAILED', `the server could not do it: ${error}`);
  }

  #lost(cause: Error): never {
    this.#signal.throwIfAborted();
    const reason = cause.cause instanceof Error ? cause.cause.message : cause.message;
    const remedy = 'is `swarmboot serve` running there, and does a firewall let you through?';
    throw new RunFailure(
      'SERVER_LOST',
      `the server at ${this.#access.url} does not answer (${reason}); ${remedy}`,
      { cause },
    );
  }
}

function objectIn(text: string): { readonly error?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
