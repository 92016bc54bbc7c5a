import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { DeploymentStore } from '../../../src/engine/deployment/deployment-store.ts';
import type { OperatorApiOptions } from '../../../src/engine/deployment/operator-api.ts';
import { RequestCounts } from '../../../src/engine/http/request-counts.ts';
import { ImageDraft } from '../../../src/engine/image/image-draft.ts';
import { ImageStore } from '../../../src/engine/image/image-store.ts';
import type { Manifest } from '../../../src/engine/image/manifest.ts';
import { makeSigningKeys } from '../../../src/engine/image/signature.ts';

/** An API over a store in memory and a store of images with one of them, `lab`, of 4096 bytes. Its token is `secret`. */
export async function anOperatorApi(): Promise<OperatorApiOptions> {
  const folder = mkdtempSync(join(tmpdir(), 'swarmboot-operator-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const images = new ImageStore(folder);
  await publishImage(images, { name: 'lab', table: 'none', partitions: [] });
  return {
    store: DeploymentStore.inMemory(),
    images,
    token: 'secret',
    requests: new RequestCounts(),
    client: 'swarmboot',
    served: () => Promise.resolve([]),
  };
}

/** An image of 4096 zeros. */
export async function publishImage(
  images: ImageStore,
  wishes: Pick<Manifest, 'name' | 'table' | 'partitions'>,
): Promise<void> {
  const draft = await ImageDraft.begin(images, {
    ...{ ...wishes, kind: 'disk', chunkBytes: 4096, tools: {} },
    disk: { bytes: 4096, sectorBytes: 512 },
    encoding: { kind: 'raw' },
  });
  await draft.add(
    (async function* () {
      yield { diskOffset: 0, bytes: new Uint8Array(4096) };
    })(),
  );
  await draft.publish(makeSigningKeys().privateKey);
}
