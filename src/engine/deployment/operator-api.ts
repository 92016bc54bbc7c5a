import { ConfigError } from '../../failure.ts';
import { isBearerOf } from '../http/bearer-token.ts';
import type { ImageStore } from '../image/image-store.ts';
import type { DeploymentStore } from './deployment-store.ts';
import { openApiDocument } from './openapi-document.ts';
import { OPERATOR_ROUTES, type OperatorRoute } from './operator-routes.ts';

/** A request to the operator's API, read. */
export interface OperatorRequest {
  readonly method: string;
  /** Path and query, as in the request line. */
  readonly url: string;
  /** The header `Authorization`. */
  readonly authorization: string | undefined;
  /** JSON text, or empty. */
  readonly body: string;
}

export interface OperatorAnswer {
  readonly status: number;
  readonly body: object;
}

/** What the operator's API stands on. */
export interface OperatorApiOptions {
  readonly store: DeploymentStore;
  readonly images: ImageStore;
  readonly token: string;
}

/** All paths of the API begin like this. */
const OPERATOR_PATHS = '/api/v1/';

/**
 * Answers one request of an operator. Without the token nobody learns what exists: the answer to every path is the same.
 * Mistakes are answered with a sentence, ours are thrown.
 */
export async function answerOperator(
  { store, images, token }: OperatorApiOptions,
  { method, url, authorization, body }: OperatorRequest,
): Promise<OperatorAnswer> {
  if (!isBearerOf(authorization, token)) return refusal(401, "the operator's token is missing or wrong");
  const { pathname, searchParams } = new URL(url, 'http://server');
  if (pathname === `${OPERATOR_PATHS}openapi.json`) return { status: 200, body: openApiDocument() };
  const found = OPERATOR_ROUTES.map((route) => ({ route, match: matchOf(route.path, pathname) })).filter(
    ({ match }) => match,
  );
  if (found.length === 0) return refusal(404, 'there is nothing at this address');
  const chosen = found.find(({ route }) => route.method === method);
  if (!chosen) return refusal(405, `allowed here is ${found.map(({ route }) => route.method).join(', ')}`);
  try {
    const parameters = { ...Object.fromEntries(searchParams), ...chosen.match };
    const read = bodyOf(chosen.route, body) as never;
    return { status: 200, body: await chosen.route.answer({ store, images, parameters, body: read }) };
  } catch (error) {
    if (error instanceof ConfigError) return refusal(400, error.message);
    throw error;
  }
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

function bodyOf({ body: schema }: OperatorRoute, text: string): unknown {
  if (!schema) return undefined;
  const read = schema.safeParse(jsonOf(text));
  if (read.success) return read.data;
  const { path, message } = read.error.issues[0]!;
  throw new ConfigError(path.join('.'), message);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ConfigError('', 'the body is no JSON', { cause });
  }
}

function refusal(status: number, error: string): OperatorAnswer {
  return { status, body: { error } };
}
