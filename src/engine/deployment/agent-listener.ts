import { type HttpRoute, sendJson } from '../http/http-server.ts';
import { readJson } from '../http/json-body-reader.ts';
import type { AgentApi } from './agent-api.ts';

const NOT_YOURS = { status: 401, body: { error: 'the token of this deployment is missing or wrong' } };

/** Answers agents. Without the token of a deployment nobody learns anything of any. */
export function agentRoute(api: AgentApi): HttpRoute {
  return async (request, response) => {
    const route = `${request.method} ${request.url}`;
    if (!api.has(route)) return false;
    const deployment = api.deploymentOf(request.headers.authorization);
    if (deployment) {
      const body = request.method === 'POST' ? await readJson(request) : undefined;
      sendJson(response, await api.answer(deployment, route, body));
    } else {
      sendJson(response, NOT_YOURS);
    }
    return true;
  };
}
