import assert from 'node:assert/strict';
import type { Transport } from '../record/run-record.ts';

/** Transports that have formulas and a simulation. */
export const MODEL_TRANSPORTS = [
  'p2p',
  'unicast',
  'multicast',
  'chain',
] as const satisfies readonly Transport[];
export type ModelTransport = (typeof MODEL_TRANSPORTS)[number];

/** The same transport, known to have a model: plans ask executors for no other. */
export function modelled(transport: Transport): ModelTransport {
  const found = MODEL_TRANSPORTS.find((name) => name === transport);
  assert.ok(found, `there is no model of ${transport}`);
  return found;
}
