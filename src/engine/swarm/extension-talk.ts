import { addressText, isCallable } from './peer-address.ts';
import { PeerExchange } from './peer-exchange.ts';
import {
  decodeIntroduction,
  EXCHANGE_NUMBER,
  encodeIntroduction,
  HANDSHAKE_NUMBER,
  type Introduction,
} from './wire/extension-codec.ts';
import type { Message } from './wire/message.ts';

/** Who we are to others. */
export interface ExtensionTalkOptions {
  /** Port at which we listen. */
  readonly port: number;
  /** Label of the place where we are; empty for none. */
  readonly site: string;
  /** We have everything and show it piece by piece. */
  readonly isDealer: boolean;
  /** Requests that may wait for us to answer them. */
  readonly queuedRequests: number;
  /** Peers come from the tracker alone (BEP 27): no exchange. */
  readonly isPrivate: boolean;
}

/** Hears what comes of the talk. */
export interface ExtensionTalkWatch {
  send(peer: number, message: Message): void;
  introduced(peer: number, introduction: Introduction): void;
  /** A peer that is connected listens at this address. */
  located(peer: number, address: string): void;
  /** A peer tells of another. */
  addressTold(address: string): void;
}

/** What peers tell each other beside the torrent itself: the extension protocol (BEP 10), by it peer exchange (BEP 11). */
export class ExtensionTalk {
  readonly #options: ExtensionTalkOptions;
  readonly #watch: ExtensionTalkWatch;
  readonly #exchange: PeerExchange | undefined;
  /** By peer that takes extended messages: its IP address. */
  readonly #hosts = new Map<number, string>();

  constructor(options: ExtensionTalkOptions, watch: ExtensionTalkWatch) {
    this.#options = options;
    this.#watch = watch;
    this.#exchange = options.isPrivate ? undefined : new PeerExchange();
  }

  /** Introduces us to a peer that speaks the extension protocol. */
  greet(peer: number, host: string): void {
    this.#hosts.set(peer, host);
    const own = { ...this.#options, exchanges: this.#exchange !== undefined, yourHost: host };
    this.#watch.send(peer, { kind: 'extended', id: HANDSHAKE_NUMBER, payload: encodeIntroduction(own) });
  }

  /** @throws ProtocolError where the payload is none */
  heard(peer: number, { id, payload }: Extract<Message, { kind: 'extended' }>, nowMs: number): void {
    const host = this.#hosts.get(peer);
    if (host === undefined) return;
    if (id === HANDSHAKE_NUMBER) return this.#introduce(peer, host, payload);
    if (id !== EXCHANGE_NUMBER || !this.#exchange) return;
    for (const address of this.#exchange.heard(peer, payload, nowMs)) {
      if (isCallable(address, host)) this.#watch.addressTold(address);
    }
  }

  left(peer: number): void {
    this.#hosts.delete(peer);
    this.#exchange?.left(peer);
  }

  /**
   * To be called every second or so.
   * @param addresses where those who are connected listen, by peer, as far as we know
   */
  ticked(nowMs: number, addresses: ReadonlyMap<number, string>): void {
    for (const { peer, message } of this.#exchange?.due(nowMs, addresses) ?? [])
      this.#watch.send(peer, message);
  }

  #introduce(peer: number, host: string, payload: Uint8Array): void {
    const introduction = decodeIntroduction(payload);
    const { exchangeNumber, port } = introduction;
    if (port !== undefined) this.#watch.located(peer, addressText(host, port));
    this.#exchange?.joined(peer, exchangeNumber);
    this.#watch.introduced(peer, introduction);
  }
}
