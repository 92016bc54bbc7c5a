import { it } from 'vitest';
import { RandomStream } from '../../../../src/sim/kernel/random-stream.ts';
import { aGeometry, someSettings } from './a-torrent.ts';
import { FuzzedTorrent } from './fuzzed-torrent.ts';
it('x', () => {
  const D = ['join','leave','choke','unchoke','becomeInterested','loseInterest','have','bitfield','haveAll','request','requestNonsense','cancel','blockBegins','blockEnds','blockUnasked','reject','rejectNonsense','blockLeaves','store','refute','pass'] as const;
  const counts = new Map<string, number>();
  let n = 0;
  const end = Date.now() + 4000;
  for (let seed = 1; Date.now() < end; seed++) {
    const r = new RandomStream(seed, 'swarm');
    const t = new FuzzedTorrent(someSettings({ geometry: aGeometry(1 + r.below(6), 1 + r.below(64)), isSeed: r.below(4) === 0, slots: r.below(4), sources: 1 + r.below(4), openPieces: 1 + r.below(4), askedBlocks: 1 + r.below(8), unsentBytes: [1, 16, 48, 16000][r.below(4)]! }));
    n++;
    for (let i = 0; i < 150; i++) {
      t.do({ deed: D[r.below(D.length)]!, who: r.below(6), what: r.below(12), which: r.below(8) });
      const b = t.broken();
      for (const x of b) counts.set(x, (counts.get(x) ?? 0) + 1);
      if (b.length) break;
    }
  }
  process.stdout.write(JSON.stringify([n, ...counts]) + '\n');
});
