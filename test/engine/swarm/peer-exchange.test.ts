import { describe, expect, it } from 'vitest';
import { decodeBencode } from '../../../src/engine/bencode.ts';
import { PeerExchange } from '../../../src/engine/swarm/peer-exchange.ts';
import { decodeAddresses } from '../../../src/engine/swarm/wire/compact-address-codec.ts';
import { encodeExchange } from '../../../src/engine/swarm/wire/exchange-codec.ts';

const MINUTE_MS = 60_000;
/** Number under which the partners of these tests take exchange. */
const NUMBER = 9;

function addressOf(peer: number): string {
  return `10.0.${peer >> 8}.${peer & 0xff}:6881`;
}

/** So many peers, with their addresses. */
function peers(count: number, from = 1): Map<number, string> {
  return new Map(Array.from({ length: count }, (_, place) => [from + place, addressOf(from + place)]));
}

/** What a peer is told: addresses that are new, and addresses that have gone. */
function toldTo(exchange: PeerExchange, nowMs: number, known: ReadonlyMap<number, string>) {
  return exchange.due(nowMs, known).map(({ peer, message }) => {
    if (message.kind !== 'extended') throw new Error(`${message.kind} is no exchange`);
    const dictionary = decodeBencode(message.payload) as ReadonlyMap<string, Uint8Array>;
    const [added, dropped] = ['added', 'dropped'].map((key) => decodeAddresses(dictionary.get(key)!, 'ipv4'));
    return { peer, id: message.id, added, dropped };
  });
}

describe('peer exchange', () => {
  it('tells a peer of all others at once, and of itself never', () => {
    const exchange = new PeerExchange();
    exchange.joined(1, NUMBER);
    const news = { peer: 1, id: NUMBER, added: [addressOf(2), addressOf(3)], dropped: [] };
    expect(toldTo(exchange, 0, peers(3))).toEqual([news]);
  });

  it('says nothing where there is nothing new, and nothing to those who do not take it', () => {
    const exchange = new PeerExchange();
    exchange.joined(1, NUMBER);
    exchange.joined(2, undefined);
    expect(toldTo(exchange, 0, peers(1))).toEqual([]);
    expect(toldTo(exchange, 1, peers(2))).toHaveLength(1);
    expect(toldTo(exchange, 2 * MINUTE_MS, peers(2))).toEqual([]);
  });

  it('tells what has changed, no more than once a minute', () => {
    const exchange = new PeerExchange();
    exchange.joined(1, NUMBER);
    toldTo(exchange, 0, peers(3));
    const later = new Map([...peers(2), ...peers(1, 4)]);
    expect(toldTo(exchange, MINUTE_MS - 1, later)).toEqual([]);
    expect(toldTo(exchange, MINUTE_MS, later)).toEqual([
      { peer: 1, id: NUMBER, added: [addressOf(4)], dropped: [addressOf(3)] },
    ]);
    expect(toldTo(exchange, 2 * MINUTE_MS, later)).toEqual([]);
  });

  it('goes on under another number where a peer changes it, and tells nothing twice', () => {
    const exchange = new PeerExchange();
    exchange.joined(1, NUMBER);
    toldTo(exchange, 0, peers(2));
    exchange.joined(1, 12);
    expect(toldTo(exchange, MINUTE_MS - 1, peers(3))).toEqual([]);
    const news = { peer: 1, id: 12, added: [addressOf(3)], dropped: [] };
    expect(toldTo(exchange, MINUTE_MS, peers(3))).toEqual([news]);
    exchange.joined(1, undefined);
    expect(toldTo(exchange, 2 * MINUTE_MS, peers(4))).toEqual([]);
  });

  it('tells of fifty at most, and of the rest a minute later', () => {
    const exchange = new PeerExchange();
    exchange.joined(1, NUMBER);
    const lengths = (nowMs: number, known: ReadonlyMap<number, string>) =>
      toldTo(exchange, nowMs, known).map(({ added, dropped }) => [added!.length, dropped!.length]);
    const all = peers(121);
    expect([0, 1, 2, 3].map((minute) => lengths(minute * MINUTE_MS, all))).toEqual([
      [[50, 0]],
      [[50, 0]],
      [[20, 0]],
      [],
    ]);
    expect([4, 5, 6, 7].map((minute) => lengths(minute * MINUTE_MS, peers(1)))).toEqual([
      [[0, 50]],
      [[0, 50]],
      [[0, 20]],
      [],
    ]);
  });

  it('forgets who has left', () => {
    const exchange = new PeerExchange();
    exchange.joined(1, NUMBER);
    exchange.left(1);
    expect(toldTo(exchange, 0, peers(3))).toEqual([]);
  });

  it('hears what a peer tells, and not what it tells more often than twice a minute', () => {
    const exchange = new PeerExchange();
    const payload = encodeExchange({ added: [addressOf(7)], dropped: [] });
    const heard = [0, 1, 29_999, 30_000, 31_000, 90_000].map(
      (nowMs) => exchange.heard(1, payload, nowMs).length,
    );
    expect(heard).toEqual([1, 0, 0, 1, 0, 1]);
    expect(exchange.heard(2, payload, 90_001)).toEqual([addressOf(7)]);
  });
});
