import type { z } from 'zod';
import { ConfigError, RunFailure } from '../../failure.ts';
import { isBearerOf } from '../http/bearer-token.ts';
import { BodyRefusal, jsonOf } from '../http/json-body-reader.ts';
import type { JsonReply } from '../http/json-reply-writer.ts';
import type { RefusalReason, RequestCounts } from '../http/request-counts.ts';
import type { ImageStore } from '../image/image-store.ts';
import type { SwarmClientName } from '../swarm/swarm-client-by-name.ts';
import type { DeploymentStore } from './deployment-store.ts';
import { openApiDocument } from './openapi-document.ts';
import { OPERATOR_ROUTES, type OperatorRoute } from './operator-routes.ts';
import type { ServedImageFigures } from './served-images.ts';

/** A request to the operator's API, read. */
export interface OperatorRequest {
  readonly method: string;
  /** Path and query, as in the request line. */
  readonly url: string;
  /** The header `Authorization`. */
  readonly authorization: string | undefined;
  /** Brings the body, JSON text; is called only where it is wanted. May reject with a BodyRefusal. */
  body(): Promise<string>;
}

/** What the operator's API stands on. */
export interface OperatorApiOptions {
  readonly store: DeploymentStore;
  readonly images: ImageStore;
  readonly token: string;
  /** What is counted here is shown in the status. */
  readonly requests: RequestCounts;
  /** What the swarms of this server run. */
  readonly client: SwarmClientName;
  /** What the server's own peers do. */
  readonly served: () => Promise<readonly ServedImageFigures[]>;
}

/** A request that is refused before any route takes it. */
class Refusal extends Error {
  readonly reason: RefusalReason;
  readonly reply: JsonReply;

  constructor(reason: RefusalReason, { status, error, headers = {} }: RefusalText) {
    super(error);
    this.reason = reason;
    this.reply = { status, body: { error }, headers };
  }
}

interface RefusalText {
  readonly status: number;
  readonly error: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** All paths of the API begin like this. */
export const OPERATOR_PATHS = '/api/v1/';

const DOCUMENT: OperatorRoute = {
  method: 'GET',
  path: `${OPERATOR_PATHS}openapi.json`,
  summary: 'This document',
  answer: openApiDocument,
};
const ALL_ROUTES = [...OPERATOR_ROUTES, DOCUMENT];

/**
 * Answers one request of an operator. Without the token nobody learns what exists: the answer to every path is the same,
 * and no body is read. Refusals are counted, mistakes answered with a sentence; errors of the program are thrown.
 */
export async function answerOperator(api: OperatorApiOptions, request: OperatorRequest): Promise<JsonReply> {
  api.requests.requestCame();
  try {
    return { status: 200, body: await answerOf(api, request) };
  } catch (error) {
    const { reason, reply } = refusalOf(error);
    api.requests.requestRefused(reason);
    return reply;
  }
}

async function answerOf(
  { token, ...api }: OperatorApiOptions,
  { method, url, authorization, body }: OperatorRequest,
): Promise<object> {
  if (!isBearerOf(authorization, token)) {
    // RFC 9110, 15.5.2: says what is wanted.
    const headers = { 'www-authenticate': 'Bearer' };
    throw new Refusal('wrongToken', {
      status: 401,
      error: "the operator's token is missing or wrong",
      headers,
    });
  }
  const { pathname, searchParams } = new URL(url, 'http://server');
  const { route, match } = routeFor(method, pathname);
  const parameters = { ...Object.fromEntries(searchParams), ...match };
  const read = route.body && bodyFor(route.body, await body());
  return route.answer({ ...api, parameters, body: read as never });
}

function routeFor(method: string, pathname: string): { route: OperatorRoute; match: Record<string, string> } {
  const found = ALL_ROUTES.flatMap((route) => {
    const match = matchOf(route.path, pathname);
    return match ? [{ route, match }] : [];
  });
  if (found.length === 0)
    throw new Refusal('unknownAddress', { status: 404, error: 'there is nothing at this address' });
  const chosen = found.find(({ route }) => route.method === method);
  if (chosen) return chosen;
  const allow = found.map(({ route }) => route.method).join(', ');
  throw new Refusal('wrongMethod', { status: 405, error: `allowed here is ${allow}`, headers: { allow } });
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof BodyRefusal)
    return new Refusal(error.fault, { status: error.status, error: error.message });
  if (error instanceof ConfigError) return new Refusal('mistake', { status: 400, error: error.message });
  if (error instanceof RunFailure) return new Refusal('failed', { status: 500, error: error.message });
  throw error;
}

/** @returns parameters by name, or undefined where the path is another */
function matchOf(path: string, asked: string): Record<string, string> | undefined {
  const [parts, given] = [path.split('/'), asked.split('/')];
  if (parts.length !== given.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [place, part] of parts.entries()) {
    const name = /^\{(.*)\}$/.exec(part)?.[1];
    if (name !== undefined) parameters[name] = decoded(given[place]!);
    else if (part !== given[place]) return undefined;
  }
  return parameters;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // It is no name of anything then, and will be answered so.
    return text;
  }
}

function bodyFor(schema: z.ZodType, text: string): unknown {
  const isLeftOut = text === '' && schema.safeParse(undefined).success;
  const read = schema.safeParse(isLeftOut ? undefined : jsonOf(text));
  if (read.success) return read.data;
  const { path, message } = read.error.issues[0]!;
  throw new ConfigError(path.join('.'), message);
}
