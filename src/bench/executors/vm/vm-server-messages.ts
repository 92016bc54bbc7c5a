import type { PortableFailure } from '../local/portable-failure.ts';

/** What the server of virtual machines has to do. */
export interface VmServerTask {
  /** Removed by it when the bench is gone. */
  readonly scratchFolder: string;
  /** Settings of `./swarmboot serve`. */
  readonly settings: { readonly state: string } & object;
  /** What an operator asks for, once the server is up: a body of `POST /api/v1/deployments`. */
  readonly wish: object;
}

export type VmServerReport =
  /** Machines may be powered on. */
  | { readonly kind: 'ready' }
  /** A line of its log. */
  | { readonly kind: 'said'; readonly line: string }
  | { readonly kind: 'failed'; readonly failure: PortableFailure };
