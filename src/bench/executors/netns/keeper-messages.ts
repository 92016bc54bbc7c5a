import type { PortableFailure } from '../local/portable-failure.ts';
import type { SetUpStep } from './set-up-step.ts';

/** What the keeper of the namespaces is told. */
export type KeeperCommand =
  | { readonly kind: 'build'; readonly namespaces: readonly string[]; readonly steps: readonly SetUpStep[] }
  | { readonly kind: 'change'; readonly steps: readonly SetUpStep[] }
  | { readonly kind: 'remove' };

/** What it answers. */
export type KeeperReport =
  | { readonly kind: 'built' }
  | { readonly kind: 'changed' }
  | { readonly kind: 'removed' }
  | { readonly kind: 'failed'; readonly failure: PortableFailure };
