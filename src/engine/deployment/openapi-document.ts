import { z } from 'zod';
import { OPERATOR_ROUTES, type OperatorRoute } from './operator-routes.ts';

const ERROR = { type: 'object', properties: { error: { type: 'string' } }, required: ['error'] };

/** The API as an OpenAPI 3.1 document, made of the routes themselves. */
export function openApiDocument(): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of OPERATOR_ROUTES) {
    paths[route.path] ??= {};
    paths[route.path]![route.method.toLowerCase()] = operationOf(route);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Swarmboot: operator API', version: '1' },
    security: [{ token: [] }],
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    paths,
  };
}

function operationOf({ path, summary, query = [], body }: OperatorRoute): object {
  const inPath = [...path.matchAll(/\{(.*?)\}/g)].map(([, name]) => ({ name, in: 'path', required: true }));
  const inQuery = query.map((name) => ({ name, in: 'query', required: false }));
  const parameters = [...inPath, ...inQuery].map((one) => ({ ...one, schema: { type: 'string' } }));
  const error = { content: { 'application/json': { schema: ERROR } } };
  return {
    summary,
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: {
        required: true,
        content: {
          'application/json': { schema: z.toJSONSchema(body, { io: 'input', target: 'openapi-3.0' }) },
        },
      },
    }),
    responses: {
      200: { description: 'done', content: { 'application/json': { schema: { type: 'object' } } } },
      400: { description: 'a mistake in the request', ...error },
      401: { description: 'the token is missing or wrong', ...error },
      ...(body && {
        408: { description: 'the body did not arrive in time', ...error },
        413: { description: 'the body is too large', ...error },
      }),
      500: { description: 'the server could not do it', ...error },
    },
  };
}
