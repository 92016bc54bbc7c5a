import { SingleBar } from 'cli-progress';

/** Where there is no terminal, a line is said this often. */
const QUIET_MS = 10_000;
/** A terminal is not written to more often. */
const BAR_MS = 100;

/** Says how many of a number of bytes are done, at what rate, and how long the rest will take. */
export interface ByteProgress {
  update(done: number, all: number): void;
  /** Is called before anything else is printed. */
  close(): void;
}

/** A bar on a terminal, a line now and then elsewhere. */
export function byteProgressOn(stream: NodeJS.WriteStream, title: string): ByteProgress {
  const startMs = performance.now();
  const state = (done: number, all: number) =>
    progressState({ done, all, seconds: (performance.now() - startMs) / 1000 });
  return stream.isTTY ? barOn(stream, title, state) : linesOn(stream, title, state);
}

type State = (done: number, all: number) => string;

function barOn(stream: NodeJS.WriteStream, title: string, state: State): ByteProgress {
  const bar = new SingleBar({
    stream,
    format: `${title} {bar} {state}`,
    barsize: 30,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    clearOnComplete: true,
    gracefulExit: false,
  });
  bar.start(1, 0, { state: '' });
  let shownMs = 0;
  return {
    update(done, all) {
      if (performance.now() - shownMs < BAR_MS) return;
      shownMs = performance.now();
      bar.setTotal(all);
      bar.update(done, { state: state(done, all) });
    },
    close: () => bar.stop(),
  };
}

function linesOn(stream: NodeJS.WriteStream, title: string, state: State): ByteProgress {
  let saidMs = performance.now();
  return {
    update(done, all) {
      if (performance.now() - saidMs < QUIET_MS) return;
      saidMs = performance.now();
      stream.write(`${title}: ${state(done, all)}\n`);
    },
    close: () => {},
  };
}

/** `42 % of 10.0 GB, 212 MB/s, 28 s left` */
export function progressState({
  done,
  all,
  seconds,
}: {
  done: number;
  all: number;
  seconds: number;
}): string {
  const bps = done / Math.max(seconds, 1e-3);
  const left = done === 0 ? '' : `, ${Math.ceil((all - done) / bps)} s left`;
  return `${Math.floor((100 * done) / Math.max(all, 1))} % of ${readable(all)}, ${readable(bps)}/s${left}`;
}

/** Decimal units, three significant digits. */
export function readable(bytes: number): string {
  const power = Math.max(0, Math.min(4, Math.floor(Math.log10(Math.max(bytes, 1)) / 3)));
  return `${power === 0 ? Math.round(bytes) : (bytes / 1000 ** power).toPrecision(3)} ${['B', 'kB', 'MB', 'GB', 'TB'][power]}`;
}
