import { onTestFinished } from 'vitest';
import { AgentApi } from '../../../src/engine/deployment/agent-api.ts';
import { agentRoute } from '../../../src/engine/deployment/agent-listener.ts';
import { cancelled } from '../../../src/engine/deployment/deployment.ts';
import { DeploymentStore } from '../../../src/engine/deployment/deployment-store.ts';
import { bootFileRoute } from '../../../src/engine/http/boot-file-http-server.ts';
import { HttpServer } from '../../../src/engine/http/http-server.ts';
import { PayloadStreams, payloadRoute } from '../../../src/engine/http/payload-stream-reader.ts';
import { ImageReader } from '../../../src/engine/image/image-reader.ts';
import { LinkRate } from '../../../src/engine/link-rate.ts';
import type { BootFiles } from '../../../src/engine/tftp/boot-file.ts';
import { anImageFile } from '../an-image.ts';

const FOLDER = 'images/lab/1';

/** Token of the server's deployment. */
export const AGENT_TOKEN = 'a-token';

export interface ImageServerWishes {
  readonly pieceBytes?: number;
  readonly upBps?: number;
  readonly bootFiles?: BootFiles;
}

/** A server with this payload and a deployment of it in which no machine is armed; gone when the test is over. */
export async function anImageServer(payload: Uint8Array, wishes: ImageServerWishes = {}) {
  const { pieceBytes = 65_536, upBps = Number.POSITIVE_INFINITY, bootFiles = new Map() } = wishes;
  const reader = await ImageReader.open(await anImageFile(payload), pieceBytes);
  const streams = new PayloadStreams(reader, new LinkRate(upBps));
  const store = DeploymentStore.inMemory();
  const { id } = store.createDeployment({
    ...{ image: 'lab', version: 1, agentToken: AGENT_TOKEN, machines: [], disk: 'only' },
    start: { waitFor: 1, at: null },
  });
  const server = await HttpServer.start({
    ...{ host: '127.0.0.1', port: 0 },
    routes: [
      payloadRoute(new Map([[`${FOLDER}/payload`, streams]])),
      bootFileRoute(bootFiles),
      agentRoute(new AgentApi({ store })),
    ],
  });
  onTestFinished(async () => {
    await server.close();
    await reader.close();
    store.close();
  });
  const url = `http://127.0.0.1:${server.port}`;
  return {
    ...{ server, store, streams, url, payloadUrl: `${url}/${FOLDER}/payload` },
    arm: (...machines: string[]) => store.armMachines(id, machines),
    cancel: () => store.changeTargets(id, (target) => cancelled(target, Date.now())),
    targets: () => store.targetsOf(id),
  };
}
