import { simulate } from '../../sim/index.ts';
import { aWorkload } from './sim-workloads.ts';

/**
 * Simulates a swarm with the picker named by its argument and prints as one line of JSON what a peer costs in memory: all
 * that the simulation holds when half of the pieces have arrived, through the number of peers. Started with --expose-gc.
 */
const [PEERS, PIECES, NEIGHBOURS] = [8000, 1000, 40];

const picker = process.argv[2] as 'rarest' | 'sampled';
const { model } = aWorkload('state', {
  peers: PEERS,
  pieces: PIECES,
  swarm: { picker, uploadSlots: 2, neighbours: NEIGHBOURS },
});
const before = heldBytes();
let [received, state] = [0, Number.NaN];
const { machines } = simulate(model, 1, ({ kind }) => {
  if (kind === 'pieceReceived' && ++received === (PEERS * PIECES) / 2) state = heldBytes() - before;
});
process.stdout.write(
  `${JSON.stringify({
    picker,
    peers: PEERS,
    pieces: PIECES,
    neighbours: NEIGHBOURS,
    bytesPerPeer: Math.round(state / PEERS),
    makespanS: Math.max(...machines.map(({ doneS }) => doneS ?? Number.NaN)),
  })}\n`,
);

function heldBytes(): number {
  globalThis.gc!();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
