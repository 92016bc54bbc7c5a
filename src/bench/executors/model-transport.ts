import assert from 'node:assert/strict';
import type { Transport } from '../record/run-record.ts';
import type { Scenario } from '../scenario/schema.ts';
import { savedOver } from './way-of-bytes.ts';

/** Transports that have formulas and a simulation. */
export const MODEL_TRANSPORTS = [
  'p2p',
  'unicast',
  'clonezilla-unicast',
  'multicast',
  'clonezilla-multicast',
  'chain',
] as const satisfies readonly Transport[];
export type ModelledTransport = (typeof MODEL_TRANSPORTS)[number];

/** What there are models of. */
export type ModelTransport = 'p2p' | 'unicast' | 'multicast' | 'chain';

/** A scenario in the words of the models. */
export interface Modelled {
  readonly scenario: Scenario;
  readonly transport: ModelTransport;
}

/**
 * The model of a transport, known to have one: plans ask executors for no other. Those of Clonezilla are unicast and
 * multicast whose image is written as it arrives.
 */
export function modelled(scenario: Scenario, transport: Transport): Modelled {
  const { transports } = scenario;
  const { 'clonezilla-multicast': casting } = transports;
  switch (transport) {
    case 'clonezilla-unicast':
      return { scenario: withTransports(scenario, { unicast: STREAMED }), transport: 'unicast' };
    case 'clonezilla-multicast':
      return {
        scenario: withTransports(scenario, {
          multicast: casting && { ...STREAMED, ...casting },
        }),
        transport: 'multicast',
      };
    case 'p2p':
    case 'unicast':
    case 'multicast':
    case 'chain':
      return { scenario, transport };
    default:
      assert.fail(`there is no model of ${transport}`);
  }
}

/** What is to be said of a model where the image is read by NFS, else an empty list. */
export function nfsLimitations(scenario: Scenario, transport: Transport): string[] {
  if (savedOver(scenario, transport) !== 'nfs') return [];
  return [
    'NFS is modelled as HTTP: that its client asks for the next part of a file when the last has come, and leaves the link idle meanwhile, is not in it.',
  ];
}

const STREAMED = { diskWrite: 'streamed' } as const;

function withTransports(scenario: Scenario, changes: Partial<Scenario['transports']>): Scenario {
  return { ...scenario, transports: { ...scenario.transports, ...changes } };
}
