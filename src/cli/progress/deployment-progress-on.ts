import { DeploymentBars } from './deployment-bars.ts';
import { DeploymentLines } from './deployment-lines.ts';
import type { DeploymentProgress, NameOf } from './deployment-progress.ts';

/** Bars on a terminal, plain lines elsewhere. */
export function deploymentProgressOn(stream: NodeJS.WriteStream, nameOf: NameOf): DeploymentProgress {
  return stream.isTTY ? new DeploymentBars(stream, nameOf) : new DeploymentLines(stream, nameOf);
}
