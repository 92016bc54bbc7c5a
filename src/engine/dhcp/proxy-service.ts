import { type BootSettings, decideBoot } from './boot-decision.ts';
import type { Ipv4 } from './ipv4.ts';
import { messageTypeOf } from './option-values.ts';
import { type Arrival, BOOT_SERVER_PORT, type DhcpService, ignored, type Outcome } from './outcome.ts';
import type { DhcpPacket } from './packet.ts';
import { destinationOf, replyTo } from './reply.ts';

/**
 * ProxyDHCP (PXE 2.1, 2.2.3): what to boot, beside the server that gives the addresses. Machines take both offers
 * together; some then ask again on port 4011.
 */
export class ProxyService implements DhcpService {
  readonly #serverAddress: Ipv4;
  readonly #settings: BootSettings;

  constructor(serverAddress: Ipv4, settings: BootSettings) {
    this.#serverAddress = serverAddress;
    this.#settings = settings;
  }

  answer(packet: DhcpPacket, arrival: Arrival): Outcome {
    const asked = messageTypeOf(packet.options);
    const isBootServer = arrival.port === BOOT_SERVER_PORT;
    if (!isBootServer && asked !== 'discover') {
      return ignored('addressIsOthers', 'addresses are those of another server');
    }
    if (isBootServer && asked !== 'request' && asked !== 'inform') {
      return ignored('notForServers', 'boot servers are asked by REQUEST or INFORM');
    }
    const boot = decideBoot(packet, this.#settings);
    if (boot.kind === 'ignored') return boot;
    const type = isBootServer ? 'ack' : 'offer';
    const reply = replyTo(packet, { type, serverAddress: this.#serverAddress, boot });
    return { kind: 'answered', packet: reply, to: destinationOf(reply, arrival), why: boot.why, changes: [] };
  }
}
