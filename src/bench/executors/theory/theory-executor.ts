import type { Transport } from '../../record/run-record.ts';
import type { Scenario } from '../../scenario/schema.ts';
import type { Executor, PlannedRun } from '../executor.ts';
import { unknownToFormulas } from '../formula-limits.ts';
import { formulaOutcome } from '../formula-outcome.ts';
import { MODEL_TRANSPORTS, type ModelTransport, modelled, nfsLimitations } from '../model-transport.ts';
import { isOneForAll } from '../way-of-bytes.ts';
import { isHeldUpByReadBack, predict } from './prediction.ts';

/** Closed formulas: immediate, without chance, for the cases that they cover. */
export const theoryExecutor: Executor = {
  name: 'theory',
  transports: MODEL_TRANSPORTS,
  isSeeded: false,
  hasWholePieces: true,
  unsupported,
  run(run: PlannedRun) {
    const { scenario, transport } = modelled(run.scenario, run.transport);
    const prediction = predict(scenario, transport, run.machines);
    const limitation = [
      limitationOf(scenario, transport),
      ...nfsLimitations(run.scenario, run.transport),
    ].join(' ');
    return Promise.resolve(formulaOutcome(scenario, prediction, { transport: run.transport, limitation }));
  },
};

const LIMITATIONS: Readonly<Record<ModelTransport, string>> = {
  p2p: 'Theory for P2P is the bound of Kumar and Ross with the connection cap, and the time the last piece takes to double; it describes the best schedule, whatever slots, neighbours and policies are set.',
  unicast: 'Theory for unicast shares the server link equally and knows no set-up times.',
  multicast:
    'Theory for multicast takes independent losses, repair in rounds, and the rate of the slowest receiver.',
  chain: 'Theory for a chain takes equal links and whole pieces, stored and forwarded.',
};

const OF_SLICES =
  'Theory for multicast in slices loses nothing, and waits for answers where they take longer than a slice.';
const OF_CAROUSEL =
  'Theory for a carousel takes independent losses, machines that begin together, and the rate of the slowest of them.';

function limitationOf({ transports }: Scenario, transport: ModelTransport): string {
  const repair = transport === 'multicast' ? transports.multicast!.repair : undefined;
  if (repair === 'slices') return OF_SLICES;
  return repair === 'carousel' ? OF_CAROUSEL : LIMITATIONS[transport];
}

function unsupported(scenario: Scenario, transport: Transport): string[] {
  const { network, fleet, faults, transports } = scenario;
  const reasons: [string, string][] = [];
  if (network.sites) reasons.push(['network.sites', 'the formulas know no WAN links']);
  if (network.latency > 0) reasons.push(['network.latency', 'the formulas know no delay']);
  if (network.loss > 0 && !isOneForAll(transport))
    reasons.push(['network.loss', 'only multicast has a formula with loss']);
  if (fleet.start !== 'together') reasons.push(['fleet.start', 'the formulas start all machines together']);
  if (transport === 'p2p' && transports.p2p?.staysFor !== undefined)
    reasons.push(['transports.p2p.staysFor', 'the formula has every machine serve to the end']);
  if (transport === 'chain' && fleet.machines.some((machines) => isHeldUpByReadBack(scenario, machines)))
    reasons.push(['disk.readBack', 'the formula of a chain has nobody wait for a disk that is read back']);
  if (faults.length > 0) reasons.push(['faults', 'the formulas know no faults']);
  return [
    ...unknownToFormulas(scenario, transport),
    ...reasons.map(([setting, reason]) => `${setting}: ${reason}`),
  ];
}
