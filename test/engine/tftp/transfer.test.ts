import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Transfer } from '../../../src/engine/tftp/transfer.ts';
import type { TransferEffect } from '../../../src/engine/tftp/transfer-effect.ts';
import { termsFor } from '../../../src/engine/tftp/transfer-terms.ts';
import { RandomStream } from '../../../src/sim/kernel/random-stream.ts';

interface Wishes {
  readonly blocks?: number;
  readonly windowsize?: number;
  readonly options?: Record<string, string>;
}

/** A transfer of blocks of 512 bytes, the last of one byte, at the moment 0; `sent` tells what it did since it was asked last. */
function aTransfer({ blocks = 10, windowsize, options = {} }: Wishes = {}) {
  const asked = new Map(Object.entries(options));
  if (windowsize !== undefined) asked.set('windowsize', String(windowsize));
  const sizeBytes = (blocks - 1) * 512 + 1;
  const effects: string[] = [];
  const transfer = new Transfer(termsFor(asked, sizeBytes), sizeBytes, (effect) =>
    effects.push(words(effect)),
  );
  transfer.handle({ kind: 'begun', atMs: 0 });
  const sent = () => effects.splice(0).join(' ');
  return {
    transfer,
    sent,
    acknowledge(block: number, atMs: number) {
      sent();
      transfer.handle({ kind: 'acknowledged', block, atMs });
      return sent();
    },
    tick(atMs: number) {
      transfer.handle({ kind: 'clockTicked', atMs });
      return sent();
    },
  };
}

function words(effect: TransferEffect): string {
  switch (effect.kind) {
    case 'sendBlocks':
      return effect.count === 1 ? `${effect.first}` : `${effect.first}-${effect.first + effect.count - 1}`;
    case 'sendOptionAck':
      return `options ${[...effect.options].flat().join(' ')}`;
    case 'sendError':
      return `error ${effect.code}`;
    case 'finish':
      return effect.outcome;
  }
}

/** A transfer in windows of four that has sent blocks 5 to 8, one millisecond after the start. */
function aTransferInWindows() {
  const started = aTransfer({ blocks: 100, windowsize: 4 });
  started.acknowledge(0, 1);
  expect(started.acknowledge(4, 2)).toBe('5-8');
  return started;
}

describe('a transfer, block by block', () => {
  it('sends the next block for each acknowledgement, and is over with the last', () => {
    const { sent, acknowledge } = aTransfer({ blocks: 3 });
    expect(sent()).toBe('1');
    expect([1, 2, 3].map((block) => acknowledge(block, block))).toEqual(['2', '3', 'completed']);
    expect(acknowledge(3, 4)).toBe('');
  });

  it('ends with an empty block where the size is a multiple of it', () => {
    const effects: string[] = [];
    const transfer = new Transfer(termsFor(new Map(), 1024), 1024, (effect) => effects.push(words(effect)));
    transfer.handle({ kind: 'begun', atMs: 0 });
    for (const block of [1, 2, 3]) transfer.handle({ kind: 'acknowledged', block, atMs: block });
    expect(effects).toEqual(['1', '2', '3', 'completed']);
  });

  it('lets a repeated acknowledgement cost nothing (Sorcerer’s apprentice)', () => {
    const { acknowledge } = aTransfer();
    expect(acknowledge(1, 1)).toBe('2');
    expect([1, 1, 0, 1].map((block) => acknowledge(block, 50))).toEqual(['', '', '', '']);
  });

  it('passes over acknowledgements of what was never sent', () => {
    const { acknowledge } = aTransfer();
    expect([2, 9, 65_535, 40_000].map((block) => acknowledge(block, 1))).toEqual(['', '', '', '']);
    expect(acknowledge(1, 2)).toBe('2');
  });

  it('goes on behind block 65535', () => {
    const { acknowledge } = aTransfer({ blocks: 140_000 });
    let next = '';
    for (let block = 1; block < 139_999; block++) next = acknowledge(block % 65_536, block);
    expect(next).toBe('139999');
    expect(acknowledge(139_999 % 65_536, 139_999)).toBe('140000');
    expect(acknowledge(140_000 % 65_536, 140_000)).toBe('completed');
  });

  it('sends again after half a second of silence, and then waits longer each time', () => {
    const { sent, tick } = aTransfer();
    sent();
    const atMs = Array.from({ length: 8_000 }, (_, ms) => ms).filter((ms) => tick(ms) === '1');
    expect(atMs).toEqual([500, 1500, 3500, 7500]);
  });

  it('waits for what the network needs, once it knows that', () => {
    const { acknowledge, tick } = aTransfer();
    acknowledge(1, 40);
    expect([tick(159), tick(160)]).toEqual(['', '2']);
  });

  it('waits no longer than the client has asked for', () => {
    const { sent, tick } = aTransfer({ options: { timeout: '2' } });
    expect(sent()).toBe('options timeout 2');
    const atMs = Array.from({ length: 6000 }, (_, ms) => ms).filter((ms) => tick(ms) !== '');
    expect(atMs).toEqual([500, 1500, 3500, 5500]);
  });

  it('gives up a client that never answered after some seconds, one that did after half a minute', () => {
    expect(silentAtMs(aTransfer())).toBeLessThan(20_000);
    const heard = aTransfer();
    heard.acknowledge(1, 1);
    const silentMs = silentAtMs(heard);
    expect(silentMs).toBeGreaterThanOrEqual(30_000);
    expect(silentMs).toBeLessThan(40_000);
  });

  it('ends when the file cannot be read, and says so', () => {
    const { transfer, sent, tick } = aTransfer();
    transfer.handle({ kind: 'readFailed' });
    expect(sent()).toBe('1 error 0 unreadable');
    expect(tick(100_000)).toBe('');
  });
});

function silentAtMs({ tick }: ReturnType<typeof aTransfer>): number {
  for (let ms = 0; ms < 100_000; ms += 10) if (tick(ms).endsWith('silent')) return ms;
  return Number.POSITIVE_INFINITY;
}

describe('a transfer with options', () => {
  it('tells them first and begins when they are acknowledged', () => {
    const { sent, acknowledge } = aTransfer({ options: { tsize: '0' } });
    expect(sent()).toBe('options tsize 4609');
    expect(acknowledge(1, 1)).toBe('');
    expect(acknowledge(0, 1)).toBe('1');
    expect(acknowledge(0, 2)).toBe('');
  });

  it.each([
    ['declined', 'after the options', []],
    ['declined', 'before it has a block', [0]],
    ['broken', 'after a block', [0, 1]],
  ])('is %s where the client sends an error %s', (outcome, _, blocks) => {
    const { transfer, sent, acknowledge } = aTransfer({ options: { tsize: '0' } });
    for (const block of blocks) acknowledge(block, 1);
    sent();
    transfer.handle({ kind: 'errorReceived' });
    expect(sent()).toBe(outcome);
  });
});

describe('a transfer in windows', () => {
  it('sends a window for each acknowledgement, and a short one at the end', () => {
    const { sent, acknowledge } = aTransfer({ blocks: 10, windowsize: 4 });
    expect(sent()).toBe('options windowsize 4');
    expect([0, 4, 8, 10].map((block) => acknowledge(block, 1))).toEqual(['1-4', '5-8', '9-10', 'completed']);
  });

  it('goes on behind the last block that came, where one was lost within a window', () => {
    const { acknowledge } = aTransferInWindows();
    expect(acknowledge(6, 3)).toBe('7-10');
  });

  it('repeats a window whose first block was lost: once, and not for an acknowledgement that the network doubled', () => {
    const { acknowledge } = aTransferInWindows();
    expect(acknowledge(4, 2.1)).toBe('');
    expect(acknowledge(4, 3)).toBe('5-8');
    expect(acknowledge(4, 4)).toBe('');
    expect(acknowledge(8, 5)).toBe('9-12');
  });

  it('repeats nothing for old acknowledgements', () => {
    const { acknowledge } = aTransferInWindows();
    expect([0, 1, 2, 3].map((block) => acknowledge(block, 3))).toEqual(['', '', '', '']);
  });

  it('repeats the window after silence', () => {
    const { tick } = aTransferInWindows();
    expect([tick(101), tick(102), tick(302)]).toEqual(['', '5-8', '5-8']);
  });

  it('reaches a client over a network that loses, doubles and delays, and sends no storm', () => {
    const aWindow = fc.constantFrom(1, 2, 4, 16);
    fc.assert(
      fc.property(aWindow, fc.integer({ min: 1, max: 60 }), fc.nat(), (windowsize, blocks, seed) => {
        const luck = new RandomStream(seed, 'loss');
        const { outcome, sentBlocks, receivedBlocks } = overABadNetwork({
          windowsize,
          blocks,
          chance: () => luck.share(),
        });
        expect(outcome).toBe('completed');
        expect(receivedBlocks).toBe(blocks);
        expect(sentBlocks).toBeLessThan(12 * (blocks + windowsize));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    [1, 400],
    [2, 800],
    [4, 800],
    [16, 800],
  ])('of %i sends at most %i blocks of 400 where the network doubles every datagram', (windowsize, most) => {
    const network = { windowsize, blocks: 400, chance: () => 0.95 };
    const { outcome, sentBlocks } = overABadNetwork(network);
    expect(outcome).toBe('completed');
    expect(sentBlocks).toBeLessThanOrEqual(most);
  });
});

interface BadNetwork {
  readonly windowsize: number;
  readonly blocks: number;
  /** A number from 0 to 1. */
  readonly chance: () => number;
}

/**
 * A client by RFC 7440 behind a network that loses a tenth of the datagrams, doubles a tenth, and delays each by up to 5 ms.
 * It acknowledges whole windows, gaps, and what it has already, and again after a second of silence.
 */
function overABadNetwork({ windowsize, blocks, chance }: BadNetwork) {
  const wire: { atMs: number; toClient: boolean; block: number }[] = [];
  let [nowMs, sentBlocks, receivedBlocks, inWindow, heardMs, outcome] = [0, 0, 0, 0, 0, ''];
  const carry = (toClient: boolean, block: number) => {
    const luck = chance();
    const copies = luck < 0.1 ? 0 : luck > 0.9 ? 2 : 1;
    for (let copy = 0; copy < copies; copy++)
      wire.push({ atMs: nowMs + 0.2 + 5 * chance(), toClient, block });
  };
  const sizeBytes = (blocks - 1) * 512 + 1;
  const asked = new Map([['windowsize', String(windowsize)]]);
  const transfer = new Transfer(termsFor(asked, sizeBytes), sizeBytes, (effect) => {
    if (effect.kind === 'finish') outcome = effect.outcome;
    if (effect.kind === 'sendOptionAck') carry(true, 0);
    if (effect.kind !== 'sendBlocks') return;
    sentBlocks += effect.count;
    for (let block = effect.first; block < effect.first + effect.count; block++) carry(true, block);
  });
  const clientReceives = (block: number) => {
    heardMs = nowMs;
    if (block === 0) return receivedBlocks === 0 ? carry(false, 0) : undefined;
    const isNext = block === receivedBlocks + 1;
    if (isNext) receivedBlocks++;
    if (isNext && ++inWindow < windowsize && receivedBlocks < blocks) return;
    inWindow = 0;
    carry(false, receivedBlocks);
  };
  transfer.handle({ kind: 'begun', atMs: 0 });
  while (outcome === '' && nowMs < 1e6) {
    nowMs++;
    for (const { toClient, block } of wire.filter(({ atMs }) => atMs <= nowMs)) {
      if (toClient) clientReceives(block);
      else transfer.handle({ kind: 'acknowledged', block, atMs: nowMs });
    }
    wire.splice(0, wire.length, ...wire.filter(({ atMs }) => atMs > nowMs));
    if (nowMs - heardMs > 1000) clientReceives(-1);
    transfer.handle({ kind: 'clockTicked', atMs: nowMs });
  }
  return { outcome, sentBlocks, receivedBlocks };
}
