import type { LinkRates } from '../../../engine/index.ts';
import { batch, reshaped, type SetUpStep } from './set-up-step.ts';
import { type NetnsTopology, namespaceOf, portOf, switchNamespace } from './topology.ts';
import { reshapedUplink, uplinkOf } from './uplink.ts';

/** How a host is connected at present. */
export interface LinkState {
  /** What its interfaces are shaped to, also while its cable is out. */
  readonly rates: LinkRates;
  readonly isOut: boolean;
}

/** The state that a link of these rates is: both are 0 for a cable that is out. */
export function linkStateAfter({ rates }: LinkState, next: LinkRates): LinkState {
  return next.upBps === 0 && next.downBps === 0 ? { rates, isOut: true } : { rates: next, isOut: false };
}

/**
 * The commands that bring the link of a host from one state to another. A cable is pulled at the bridge: its port goes
 * down, and the host loses its carrier.
 */
export function linkChangeSteps(
  topology: NetnsTopology,
  name: string,
  { now, next }: { readonly now: LinkState; readonly next: LinkState },
): SetUpStep[] {
  const bridges = switchNamespace(topology);
  const host = topology.hosts.find((one) => one.name === name)!;
  const port = portOf(host);
  const cable = next.isOut ? 'down' : 'up';
  const { rates } = now;
  const downLines =
    rates.downBps === next.rates.downBps ? [] : reshaped(port, rates.downBps, next.rates.downBps);
  const [upNow, upNext] = [rates.upBps, next.rates.upBps].map((upBps) => uplinkOf(topology, host, upBps));
  const upLines = rates.upBps === next.rates.upBps ? [] : reshapedUplink(upNow!, upNext!);
  const steps = [
    batch(['ip', '-n', bridges], now.isOut === next.isOut ? [] : [`link set ${port} ${cable}`]),
    batch(['tc', '-n', bridges], downLines),
    batch(['tc', '-n', namespaceOf(topology, name)], upLines),
  ];
  return steps.filter(({ input }) => input.trim() !== '');
}
