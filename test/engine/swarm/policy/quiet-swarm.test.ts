import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QuietSwarm } from '../../../../src/engine/swarm/policy/quiet-swarm.ts';

const BLOCK = 16_384;

/** What is said second by second, with so many peers and bytes at each. */
function saidOf(
  seconds: number,
  peersAt: (second: number) => number,
  bytesAt: (second: number) => number,
): number[] {
  const swarm = new QuietSwarm();
  const quiet: number[] = [];
  for (let second = 0; second <= seconds; second++) {
    if (swarm.isQuiet(second * 1000, { peers: peersAt(second), bytes: bytesAt(second) })) quiet.push(second);
  }
  return quiet;
}

describe('a swarm is quiet', () => {
  it('when nobody is connected for two seconds', () => {
    expect(
      saidOf(
        4,
        () => 0,
        () => 0,
      ),
    ).toEqual([2, 3, 4]);
  });

  it('not when somebody comes before they are over, or comes again', () => {
    expect(
      saidOf(
        9,
        (second) => (second % 3 === 1 ? 1 : 0),
        () => 0,
      ),
    ).toEqual([]);
  });

  it('when those who are connected bring nothing for ten seconds', () => {
    expect(
      saidOf(
        12,
        () => 3,
        () => 0,
      ),
    ).toEqual([10, 11, 12]);
  });

  it('when they bring less than a block a second', () => {
    expect(
      saidOf(
        12,
        () => 3,
        (second) => second * (BLOCK - 1),
      ),
    ).toEqual([10, 11, 12]);
    expect(
      saidOf(
        60,
        () => 3,
        (second) => second * BLOCK,
      ),
    ).toEqual([]);
  });

  it('as long as they bring nothing, whatever they had brought before and bring later', () => {
    const bytesAt = (second: number) => (Math.min(second, 20) + Math.max(0, second - 40)) * 100 * BLOCK;
    expect(saidOf(60, () => 3, bytesAt)).toEqual([30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40]);
  });
});

describe('a swarm, whatever it does, is quiet', () => {
  const anySecond = fc.record({ peers: fc.nat(2), bytes: fc.oneof(fc.constant(0), fc.nat(3 * BLOCK)) });
  const anyStory = fc.array(anySecond, { minLength: 1, maxLength: 40 });
  type Story = readonly { readonly peers: number; readonly bytes: number }[];

  /** Second by second, where in each so many bytes come. */
  function quietIn(story: Story, { fromMs = 0, fromBytes = 0 } = {}): boolean[] {
    const swarm = new QuietSwarm();
    let bytes = fromBytes;
    return story.map((second, at) => {
      bytes += second.bytes;
      return swarm.isQuiet(fromMs + at * 1000, { peers: second.peers, bytes });
    });
  }

  it('where nobody was there for two seconds, and not earlier for that', () => {
    fc.assert(
      fc.property(anyStory, (story) => {
        const quiet = quietIn([...story, ...Array<Story[number]>(3).fill({ peers: 0, bytes: 0 })]);
        expect(quiet.at(-1)).toBe(true);
        expect(quiet.slice(0, 2)).not.toContain(true);
      }),
    );
  });

  it('never while somebody is there, in the first ten seconds and where all bring a block a second', () => {
    fc.assert(
      fc.property(anyStory, (story) => {
        const attended = story.map(({ bytes }) => ({ peers: 1, bytes }));
        expect(quietIn(attended).slice(0, 10)).not.toContain(true);
        expect(quietIn(attended.map(({ peers, bytes }) => ({ peers, bytes: bytes + BLOCK })))).not.toContain(
          true,
        );
      }),
    );
  });

  it('no more often where somebody more is there or more comes in the last second', () => {
    fc.assert(
      fc.property(anyStory, anySecond, fc.nat(3 * BLOCK), (story, last, more) => {
        const [less] = quietIn([...story, last]).slice(-1);
        const busier = { peers: last.peers + 1, bytes: last.bytes + more };
        if (!less) expect(quietIn([...story, busier]).at(-1)).toBe(false);
      }),
    );
  });

  it('whatever the clock says and whatever came before it was looked at', () => {
    fc.assert(
      fc.property(anyStory, fc.nat(), fc.nat(), (story, fromMs, fromBytes) => {
        expect(quietIn(story, { fromMs, fromBytes })).toEqual(quietIn(story));
      }),
    );
  });
});
