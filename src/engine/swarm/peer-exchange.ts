import { decodeAdded, encodeExchange, MOST_EXCHANGED } from './wire/exchange-codec.ts';
import type { Message } from './wire/message.ts';

/** BEP 11: no more than one message a minute to a peer. */
const EVERY_MS = 60_000;
/** Who sends them more often than this is not listened to; clocks and queues are given half the time. */
const HEARD_MS = 30_000;

/** A peer that takes peer exchange. */
interface Partner {
  /** Number under which it takes it. */
  readonly number: number;
  /** Addresses that it believes us to be connected to. */
  readonly told: Set<string>;
  toldAtMs: number;
}

/** What goes to a peer. */
export interface ExchangeMessage {
  readonly peer: number;
  readonly message: Message;
}

/** Peer exchange (BEP 11): who is connected to us tells whom else it knows, and is told whom we know. */
export class PeerExchange {
  readonly #partners = new Map<number, Partner>();
  readonly #heardAtMs = new Map<number, number>();

  /** @param number under which a peer takes exchange from now on, undefined for not at all */
  joined(peer: number, number: number | undefined): void {
    if (number === undefined) this.#partners.delete(peer);
    else {
      const { told, toldAtMs } = this.#partners.get(peer) ?? { told: new Set(), toldAtMs: -EVERY_MS };
      this.#partners.set(peer, { number, told, toldAtMs });
    }
  }

  left(peer: number): void {
    this.#partners.delete(peer);
    this.#heardAtMs.delete(peer);
  }

  /**
   * @returns addresses that are new to the sender; none where it sends too often
   * @throws ProtocolError where the message is none
   */
  heard(peer: number, payload: Uint8Array, nowMs: number): string[] {
    const added = decodeAdded(payload);
    if (nowMs - (this.#heardAtMs.get(peer) ?? -HEARD_MS) < HEARD_MS) return [];
    this.#heardAtMs.set(peer, nowMs);
    return added;
  }

  /**
   * What is to be said now.
   * @param addresses where those who are connected listen, by peer, as far as we know
   */
  due(nowMs: number, addresses: ReadonlyMap<number, string>): ExchangeMessage[] {
    const messages: ExchangeMessage[] = [];
    for (const [peer, partner] of this.#partners) {
      if (nowMs - partner.toldAtMs < EVERY_MS) continue;
      const others = new Set(addresses.values());
      others.delete(addresses.get(peer) ?? '');
      const payload = newsFor(partner, others);
      if (!payload) continue;
      partner.toldAtMs = nowMs;
      messages.push({ peer, message: { kind: 'extended', id: partner.number, payload } });
    }
    return messages;
  }
}

/** Everything that has changed for a partner, as far as it fits into one message; undefined for nothing. */
function newsFor({ told }: Partner, others: ReadonlySet<string>): Uint8Array | undefined {
  const added = [...others].filter((address) => !told.has(address)).slice(0, MOST_EXCHANGED);
  const dropped = [...told].filter((address) => !others.has(address)).slice(0, MOST_EXCHANGED);
  if (added.length === 0 && dropped.length === 0) return undefined;
  for (const address of added) told.add(address);
  for (const address of dropped) told.delete(address);
  return encodeExchange({ added, dropped });
}
