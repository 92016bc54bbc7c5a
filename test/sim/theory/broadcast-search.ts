/** A transfer problem small enough to try every schedule. */
export interface TinyBroadcast {
  /** Length of each piece in units that take one unit of time to upload. */
  readonly pieces: readonly number[];
  /** Receivers; node 0 is the source. */
  readonly machines: number;
}

interface Upload {
  readonly from: number;
  readonly to: number;
  readonly piece: number;
  readonly endsAt: number;
}

/**
 * Shortest makespan over every schedule in which a node uploads one piece to one machine at a time, each piece
 * comes from one source, downloads are unlimited and an idle uploader may wait for any later event.
 */
export function shortestBroadcast({ pieces, machines }: TinyBroadcast): number {
  const needed = pieces.length * machines;
  let best = Infinity;

  function holds(done: readonly Upload[], node: number, piece: number): boolean {
    return node === 0 || done.some((upload) => upload.to === node && upload.piece === piece);
  }

  function startable(
    done: readonly Upload[],
    running: readonly Upload[],
    from: number,
    now: number,
  ): Upload[] {
    const claimed = [...done, ...running];
    if (running.some((upload) => upload.from === from)) return [];
    return pieces.flatMap((length, piece) => {
      if (!holds(done, from, piece)) return [];
      const wanting = Array.from({ length: machines }, (_, index) => index + 1).filter(
        (to) => to !== from && !claimed.some((upload) => upload.to === to && upload.piece === piece),
      );
      return wanting.map((to) => ({ from, to, piece, endsAt: now + length }));
    });
  }

  function advance(done: readonly Upload[], running: readonly Upload[]): void {
    if (running.length === 0) return;
    const now = Math.min(...running.map((upload) => upload.endsAt));
    const ended = running.filter((upload) => upload.endsAt === now);
    const left = running.filter((upload) => upload.endsAt !== now);
    choose([...done, ...ended], left, 0, now);
  }

  function choose(done: readonly Upload[], running: readonly Upload[], from: number, now: number): void {
    if (now >= best) return;
    if (done.length === needed) best = now;
    else if (from > machines) advance(done, running);
    else {
      for (const upload of startable(done, running, from, now))
        choose(done, [...running, upload], from + 1, now);
      choose(done, running, from + 1, now);
    }
  }

  choose([], [], 0, 0);
  return best;
}
