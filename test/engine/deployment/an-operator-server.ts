import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { OperatorApiOptions } from '../../../src/engine/deployment/operator-api.ts';
import { operatorRoute } from '../../../src/engine/deployment/operator-listener.ts';
import type { BodyLimits } from '../../../src/engine/http/json-body-reader.ts';
import { anOperatorApi } from './an-operator-api.ts';

/** The operator's API on a port of loopback, until the test is over. */
export async function anOperatorServer(
  limits: BodyLimits = {},
): Promise<OperatorApiOptions & { readonly port: number }> {
  const api = await anOperatorApi();
  const route = operatorRoute(api, limits);
  const server = createServer((request, response) => {
    route(request, response).then(
      (isTaken) => isTaken || response.writeHead(404).end(),
      () => response.destroy(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  });
  return { ...api, port: (server.address() as AddressInfo).port };
}
