import { RunFailure } from '../../failure.ts';
import type { DeploymentClient } from '../http/deployment-client.ts';
import { IMAGE_FILES } from '../image/image-store.ts';
import { type BootFileSource, fetchBootFile } from '../tftp/boot-file-client.ts';
import { describeImage, type ImageDescription } from './image-description.ts';

/** Where the description of an image comes from, and whom it has to be signed by. */
export interface DescriptionSource {
  /** Null where the machine was booted by HTTP. */
  readonly tftp: BootFileSource | null;
  readonly http: Pick<DeploymentClient, 'file'>;
  /** Folder of the image on the server. */
  readonly imageFolder: string;
  /** PEM. */
  readonly publicKey: string;
  /** Hears why something was done another way. */
  note(sentence: string): void;
}

/**
 * Phase `metainfo`. Manifest and signature, a block or two, come by TFTP as far as that works, else by HTTP. The extent
 * map and the torrent grow with the image and come by HTTP: TFTP knows no congestion, and to fifty machines that
 * fetched 20 KB each at once over one link three times as much was sent (netns lab, 5 Mbit/s). TFTP has no checksum but
 * that of UDP, either: what came by it and is not what was signed comes again by HTTP, and only then is the
 * image to blame.
 * Throws a RunFailure where they cannot be had or are not all signed.
 */
export async function fetchDescription(source: DescriptionSource): Promise<ImageDescription> {
  try {
    return await fetchSigned(source);
  } catch (error) {
    if (!(error instanceof RunFailure) || source.tftp === null) throw error;
    source.note(`${error.message}; all of it comes again by HTTP`);
    return fetchSigned({ ...source, tftp: null });
  }
}

async function fetchSigned(source: DescriptionSource): Promise<ImageDescription> {
  const { http, imageFolder } = source;
  const fetchSmall = smallFilesFrom(source);
  return describeImage(
    {
      // One after the other: servers of boot files are made for few transfers at a time.
      manifest: await fetchSmall(IMAGE_FILES.manifest),
      signature: await fetchSmall(IMAGE_FILES.signature),
      extentMap: await http.file(`${imageFolder}/${IMAGE_FILES.extentMap}`),
      torrent: await http.file(`${imageFolder}/${IMAGE_FILES.torrent}`),
    },
    source,
  );
}

/** After the first failure of TFTP the rest comes by HTTP: each further try would wait as long. */
function smallFilesFrom({
  tftp,
  http,
  imageFolder,
  note,
}: DescriptionSource): (name: string) => Promise<Uint8Array> {
  let bootFiles = tftp;
  return async (name) => {
    const path = `${imageFolder}/${name}`;
    if (!bootFiles) return http.file(path);
    try {
      return await fetchBootFile(bootFiles, path);
    } catch (error) {
      if (!(error instanceof RunFailure)) throw error;
      note(`${error.message}; it comes by HTTP`);
      bootFiles = null;
      return http.file(path);
    }
  };
}
