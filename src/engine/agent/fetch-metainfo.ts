import { RunFailure } from '../../failure.ts';
import type { Deployment } from '../http/machine-registry.ts';
import { type Metainfo, parseMetainfo } from '../image/metainfo.ts';
import { type BootFileSource, fetchBootFile } from '../tftp/boot-file-client.ts';

/** Phase `metainfo`: fetches the metainfo and holds it against what the server promised. */
export async function fetchMetainfo(source: BootFileSource, deployment: Deployment): Promise<Metainfo> {
  const metainfo = parseMetainfo(await fetchBootFile(source, deployment.metainfoFile));
  if (metainfo.imageBytes === deployment.imageBytes) return metainfo;
  throw new RunFailure(
    'BAD_METAINFO',
    `the metainfo is of an image of ${metainfo.imageBytes} bytes instead of ${deployment.imageBytes}`,
  );
}
