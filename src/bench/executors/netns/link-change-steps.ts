import type { LinkRates } from '../../../engine/index.ts';
import { batch, reshaped, type SetUpStep } from './set-up-step.ts';
import { type NetnsTopology, namespaceOf, portOf, switchNamespace } from './topology.ts';

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
  host: string,
  { now, next }: { readonly now: LinkState; readonly next: LinkState },
): SetUpStep[] {
  const bridges = switchNamespace(topology);
  const port = portOf(topology.hosts.find(({ name }) => name === host)!);
  const cable = next.isOut ? 'down' : 'up';
  const lines = (interfaceName: string, direction: keyof LinkRates): string[] =>
    now.rates[direction] === next.rates[direction]
      ? []
      : reshaped(interfaceName, now.rates[direction], next.rates[direction]);
  const steps = [
    batch(['ip', '-n', bridges], now.isOut === next.isOut ? [] : [`link set ${port} ${cable}`]),
    batch(['tc', '-n', bridges], lines(port, 'downBps')),
    batch(['tc', '-n', namespaceOf(topology, host)], lines('eth0', 'upBps')),
  ];
  return steps.filter(({ input }) => input.trim() !== '');
}
