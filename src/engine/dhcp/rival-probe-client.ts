import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { DhcpMode } from './boot-decision.ts';
import { type Ipv4, LIMITED_BROADCAST, NO_ADDRESS } from './ipv4.ts';
import { MalformedPacket } from './malformed-packet.ts';
import { boundSocket, closeSocket } from './node-udp-socket.ts';
import { CLIENT_PORT, SERVER_PORT } from './outcome.ts';
import type { DhcpPacket } from './packet.ts';
import { decodePacket, encodePacket } from './packet-codec.ts';
import { isInTheWay, PROBE_MAC_START, probeOf, type Rival, rivalOf } from './rival.ts';

/** The question is asked again, as one may get lost. */
const QUESTIONS = 2;

export interface RivalProbeOptions {
  /** Our own address on the interface. */
  readonly address: Ipv4;
  readonly mode: DhcpMode;
  /** dnsmasq looks for three seconds whether anybody has the address that it is about to offer. */
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

/**
 * Asks as a machine would, and waits for servers that would be in our way.
 * Rejects with a RunFailure where the port of clients is taken by somebody who does not share it.
 * @returns the first of them; undefined where nobody has answered in time
 */
export async function findRival(options: RivalProbeOptions): Promise<Rival | undefined> {
  const { address, mode, waitMs, signal } = options;
  const probe = probeOf(Uint8Array.of(...PROBE_MAC_START, ...randomBytes(3)), randomBytes(4).readUInt32BE());
  const found = Promise.withResolvers<Rival>();
  const hear = (bytes: Uint8Array): void => {
    const answer = decodedOrNot(bytes);
    const rival = answer && rivalOf(answer, probe);
    if (rival && rival.address !== address && isInTheWay(rival, mode)) found.resolve(rival);
  };
  const ear = await boundSocket({ address: NO_ADDRESS, port: CLIENT_PORT, isShared: true, onMessage: hear });
  try {
    // Bound to the interface's own address, the question leaves by that interface.
    const mouth = await boundSocket({ address, port: CLIENT_PORT, isShared: true });
    try {
      for (let asked = 0; asked < QUESTIONS; asked++) {
        mouth.send(encodePacket(probe), SERVER_PORT, LIMITED_BROADCAST, () => {});
        const rival = await Promise.race([found.promise, delay(waitMs / QUESTIONS, undefined, { signal })]);
        if (rival) return rival;
      }
      return undefined;
    } finally {
      await closeSocket(mouth);
    }
  } finally {
    await closeSocket(ear);
  }
}

function decodedOrNot(bytes: Uint8Array): DhcpPacket | undefined {
  try {
    return decodePacket(bytes);
  } catch (error) {
    if (error instanceof MalformedPacket) return undefined;
    throw error;
  }
}
