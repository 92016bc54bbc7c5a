import type { ShownDeployment, StoredEvent } from '../../engine/index.ts';

/** Shows how far a deployment is; it is closed before anything else is printed. */
export interface DeploymentProgress {
  /** @param events what has happened since the last update */
  update(deployment: ShownDeployment, events: readonly StoredEvent[]): void;
  /** Says something beside it. */
  say(line: string): void;
  close(): void;
}

/** A machine's name for people. */
export type NameOf = (machine: string) => string;
