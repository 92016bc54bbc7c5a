import type { HttpRoute } from '../http/http-server.ts';
import { BodyRefusal, readJson } from '../http/json-body-reader.ts';
import { type JsonReply, writeJson } from '../http/json-reply-writer.ts';
import type { AgentApi } from './agent-api.ts';

const NOT_YOURS: JsonReply = {
  status: 401,
  body: { error: 'the token of this deployment is missing or wrong' },
};

/** Answers agents. Without the token of a deployment nobody learns anything of any, and no body is read. */
export function agentRoute(api: AgentApi): HttpRoute {
  return async (request, response) => {
    const route = `${request.method} ${request.url}`;
    if (!api.has(route)) return false;
    const deployment = api.deploymentOf(request.headers.authorization);
    const answer = async (): Promise<JsonReply> => {
      if (!deployment) return NOT_YOURS;
      const body = request.method === 'POST' ? await readJson(request) : undefined;
      return api.answer(deployment, route, body);
    };
    await writeJson(request, response, await answer().catch(refusalOf));
    return true;
  };
}

function refusalOf(error: unknown): JsonReply {
  if (error instanceof BodyRefusal) return { status: error.status, body: { error: error.message } };
  throw error;
}
