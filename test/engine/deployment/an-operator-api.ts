import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { DeploymentStore } from '../../../src/engine/deployment/deployment-store.ts';
import type { OperatorApiOptions } from '../../../src/engine/deployment/operator-api.ts';
import { RequestCounts } from '../../../src/engine/http/request-counts.ts';
import { ImageDraft } from '../../../src/engine/image/image-draft.ts';
import { ImageStore } from '../../../src/engine/image/image-store.ts';
import { makeSigningKeys } from '../../../src/engine/image/signature.ts';

/** An API over a store in memory and a store of images with one of them, `lab`, of 4096 bytes. Its token is `secret`. */
export async function anOperatorApi(): Promise<OperatorApiOptions> {
  const folder = mkdtempSync(join(tmpdir(), 'swarmboot-operator-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const images = new ImageStore(folder);
  const draft = await ImageDraft.begin(images, {
    ...{ name: 'lab', kind: 'disk', table: 'none', partitions: [], chunkBytes: 4096, tools: {} },
    disk: { bytes: 4096, sectorBytes: 512 },
    encoding: { kind: 'raw' },
  });
  await draft.add(
    (async function* () {
      yield { diskOffset: 0, bytes: new Uint8Array(4096) };
    })(),
  );
  await draft.publish(makeSigningKeys().privateKey);
  return {
    store: DeploymentStore.inMemory(),
    images,
    token: 'secret',
    requests: new RequestCounts(),
    served: () => Promise.resolve([]),
  };
}
