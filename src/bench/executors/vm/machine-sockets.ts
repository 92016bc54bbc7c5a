import { batch, type SetUpStep } from '../netns/set-up-step.ts';
import { type NetnsTopology, namespaceOf, switchNamespace } from '../netns/topology.ts';

/** The end of a machine's cable that QEMU holds, in the namespace of its host. */
export const TAP = 'tap0';
/** Where the address of IPv6 routers is: on the bridge of all hosts. */
const SWITCH_BRIDGE = 'br-0';
export const ROUTER = { prefix: 'fd79::', address: 'fd79::1/64', bridge: SWITCH_BRIDGE } as const;

/**
 * Plugs a virtual machine into the namespace of each of these hosts: a bridge leads from its tap to the link that the
 * kernel shapes. Address and MAC of the host become the machine's own.
 */
export function socketSteps(topology: NetnsTopology, hosts: readonly string[]): SetUpStep[] {
  return [
    batch(
      ['ip', '-n', switchNamespace(topology)],
      [`address add ${ROUTER.address} dev ${ROUTER.bridge} nodad`],
    ),
    ...hosts.map((host, index) =>
      batch(
        ['ip', '-n', namespaceOf(topology, host)],
        [
          'address flush dev eth0',
          `link set dev eth0 address ${socketMac(index)}`,
          'link add name br0 type bridge',
          'link set dev eth0 master br0',
          `tuntap add dev ${TAP} mode tap`,
          `link set dev ${TAP} master br0 up`,
          'link set dev br0 up',
        ],
      ),
    ),
  ];
}

/** A bridge keeps frames for the addresses of its own ports: that of the machine must not be among them. */
function socketMac(index: number): string {
  return `02:53:42:03:00:${index.toString(16).padStart(2, '0')}`;
}
