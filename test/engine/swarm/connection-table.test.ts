import { describe, expect, it } from 'vitest';
import { type Connection, ConnectionTable } from '../../../src/engine/swarm/connection-table.ts';

const OURS = '55';
const refusal = (message: string) => expect.objectContaining({ code: 'PROTOCOL', message });

/** A table of connections that are closed as sockets are: they leave it. */
function aTable() {
  const table = new ConnectionTable(OURS);
  const closed: [peer: number, reason: string][] = [];
  const open = (wishes: Partial<Connection> = {}): number => {
    const peer = table.newPeer();
    const line = {
      send() {},
      sendBehindBlocks() {},
      sendBlock() {},
      close(reason: string) {
        closed.push([peer, reason]);
        table.remove(peer);
      },
    };
    table.add(peer, { line, isOurs: false, from: '', address: '', hasSpoken: false, peerId: '', ...wishes });
    return peer;
  };
  return { table, closed, open };
}

describe('the connections of a torrent', () => {
  it('never give a number twice', () => {
    const { table, open } = aTable();
    const first = open();
    table.remove(first);
    expect(open()).not.toBe(first);
  });

  it.each([
    ['the lesser', '44', true],
    ['the greater', '66', false],
  ])('to a peer of %s id: that one of two is kept which the greater began', (_which, id, isOursKept) => {
    const { table, closed, open } = aTable();
    const [ours, theirs] = [open({ isOurs: true }), open()];
    const [kept, other] = isOursKept ? [ours, theirs] : [theirs, ours];
    table.name(kept, id);
    expect(() => table.name(other, id)).toThrow(refusal('we are connected already'));
    expect(closed).toEqual([]);
    table.remove(kept);
    table.name(other, id);
    const again = open({ isOurs: isOursKept });
    table.name(again, id);
    expect(closed).toEqual([[other, 'we are connected twice']]);
  });

  it('are none to ourselves, and none to the banned', () => {
    const { table, closed, open } = aTable();
    const [first, second] = [open(), open()];
    expect(() => table.name(first, OURS)).toThrow(refusal('this is our own connection'));
    table.name(first, '77');
    table.ban(table.identityOf(first), 'it lied');
    expect(closed).toEqual([[first, 'it lied']]);
    expect(() => table.name(second, '77')).toThrow(refusal('it is banned'));
  });

  it('of a host are not ended, nor refused, for what another host has done under the same name', () => {
    const { table, closed, open } = aTable();
    const liar = open({ from: '10.0.0.9' });
    table.name(liar, '77');
    table.ban(table.identityOf(liar), 'it lied');
    const honest = open({ from: '10.0.0.1' });
    table.name(honest, '77');
    expect(closed).toEqual([[liar, 'it lied']]);
    expect(table.isBanned({ peerId: '77', from: '10.0.0.9' })).toBe(true);
    expect(table.identityOf(liar)).toBe('');
  });

  it('are not ended where one is banned that has gone before it was found out', () => {
    const { table, closed, open } = aTable();
    open();
    table.ban('', 'it lied');
    expect(closed).toEqual([]);
  });

  it('end with the guest that has been silent for longest when there is no room', () => {
    const { table, closed, open } = aTable();
    open({ isOurs: true });
    open({ hasSpoken: true });
    const silent = open();
    open();
    table.closeSilent();
    expect(closed).toEqual([[silent, 'it says nothing while others wait']]);
  });

  it('lead to addresses as far as they are known, of those who have joined', () => {
    const { table, open } = aTable();
    open({ address: '10.0.0.1:1' });
    const joined = open({ address: '10.0.0.2:1', peerId: '22' });
    open({ peerId: '33' });
    expect(table.addresses()).toEqual(new Map([[joined, '10.0.0.2:1']]));
  });
});
