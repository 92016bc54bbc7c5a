import { ConfigError } from '../../failure.ts';
import type { ImageStore } from '../image/image-store.ts';
import { type Deployment, isOver, type Target } from './deployment.ts';
import type { DeploymentStore } from './deployment-store.ts';

/** A deployment as operators see it: without its token, which they have no use for. */
export interface ShownDeployment extends Omit<Deployment, 'agentToken'> {
  /** What is written to each disk; null where the image is not in the store any more. */
  readonly rawBytes: number | null;
  /** Whether nothing more will happen without an operator. */
  readonly isOver: boolean;
  readonly machines: readonly Target[];
}

/** Brings together what the stores know of a deployment. */
export async function shownDeployment(
  { store, images }: { readonly store: DeploymentStore; readonly images: ImageStore },
  { agentToken: _secret, ...deployment }: Deployment,
): Promise<ShownDeployment> {
  const rawBytes = await rawBytesOf(images, deployment);
  const machines = store.targetsOf(deployment.id);
  return { ...deployment, rawBytes, isOver: isOver(machines, Date.now()), machines };
}

/** A deployment is shown whatever has become of its image. */
async function rawBytesOf(
  images: ImageStore,
  { image, version }: Omit<Deployment, 'agentToken'>,
): Promise<number | null> {
  try {
    return (await images.find(image, version)).manifest.payload.rawBytes;
  } catch (error) {
    // Not there, damaged, or not to be read by us.
    const isSystems = (error as NodeJS.ErrnoException).code !== undefined;
    if (error instanceof ConfigError || isSystems) return null;
    throw error;
  }
}
