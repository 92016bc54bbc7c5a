import { batch, inPackets, type SetUpStep } from './set-up-step.ts';
import { type NetnsHost, type NetnsTopology, namespaceOf, portOf, switchNamespace } from './topology.ts';

/** Chances are drawn in parts of this. */
const PARTS = 1_000_000;

/**
 * The commands that let packets to a host be lost by chance, each by itself: nobody hears of it, as where a cable is bad
 * (the kernel may have no netem). Packets are cut to their size on the wire before, or one loss would be that of 44.
 */
export function lossSteps(topology: NetnsTopology, host: NetnsHost): SetUpStep[] {
  const { loss } = topology;
  if (loss === 0) return [];
  const namespace = namespaceOf(topology, host.name);
  return [
    batch(['ip', '-n', switchNamespace(topology)], [inPackets(portOf(host))]),
    batch(['ip', '-n', namespace], [inPackets('eth0')]),
    { command: ['ip', 'netns', 'exec', namespace, 'nft', '-f', '-'], input: rules(loss) },
  ];
}

function rules(loss: number): string {
  return `
table netdev loss {
  chain arriving {
    type filter hook ingress device "eth0" priority filter
    ether type ip numgen random mod ${PARTS} < ${Math.round(loss * PARTS)} drop
  }
}
`;
}
