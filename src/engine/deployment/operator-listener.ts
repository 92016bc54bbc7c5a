import type { HttpRoute } from '../http/http-server.ts';
import { type BodyLimits, readBody } from '../http/json-body-reader.ts';
import { writeJson } from '../http/json-reply-writer.ts';
import { RequestCounts } from '../http/request-counts.ts';
import { answerOperator, OPERATOR_PATHS, type OperatorApiOptions } from './operator-api.ts';

/**
 * Answers everything below `/api/v1/`, within bounds: a body is read only for somebody with the token, up to its limits.
 * @returns whether the request was one of these; rejects where the fault is ours, and the connection is to be ended
 */
export function operatorRoute(
  options: Omit<OperatorApiOptions, 'requests'>,
  limits: BodyLimits = {},
): HttpRoute {
  const api = { ...options, requests: new RequestCounts() };
  return async (request, response) => {
    const { method = '', url = '', headers } = request;
    if (!url.startsWith(OPERATOR_PATHS)) return false;
    const answer = await answerOperator(api, {
      // The same but for its body, which is not sent then (RFC 9110, 9.3.2).
      method: method === 'HEAD' ? 'GET' : method,
      url,
      authorization: headers.authorization,
      body: () => readBody(request, limits),
    });
    await writeJson(request, response, answer);
    return true;
  };
}
