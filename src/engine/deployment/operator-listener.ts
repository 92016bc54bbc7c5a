import { text } from 'node:stream/consumers';
import { type HttpRoute, sendJson } from '../http/http-server.ts';
import { answerOperator, type OperatorApiOptions } from './operator-api.ts';

/** Answers operators. */
export function operatorRoute(api: OperatorApiOptions): HttpRoute {
  return async (request, response) => {
    if (!request.url!.startsWith('/api/v1/')) return false;
    const { method = '', url = '', headers } = request;
    const body = await text(request);
    sendJson(
      response,
      await answerOperator(api, { method, url, authorization: headers.authorization, body }),
    );
    return true;
  };
}
