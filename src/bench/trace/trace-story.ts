import type { SimulatedMachine, TraceEvent } from '../../sim/index.ts';
import { type PeerCounts, peerName } from '../executors/fleet.ts';
import { readableBytes } from '../metrics/readable-units.ts';

/** More pieces than these are told in steps. */
const MOST_PIECES = 300;

/** What is told of a death before the first power-on. */
const NEVER_ON = 'its power is cut before it is switched on';

/** What is told of the events beside pieces. */
const WORDS = {
  poweredOn: 'powered on',
  joined: 'ready to download',
  downloaded: 'has the whole image',
  died: 'dies',
  failed: 'gives up',
  pieceSpoiled: 'throws away a piece whose hash is wrong',
  done: 'done',
  left: 'leaves the swarm',
} as const satisfies Record<Exclude<TraceEvent['kind'], 'pieceReceived'>, string>;

/**
 * One machine's way through a deployment, line by line.
 * @param events of this machine, in their order
 * @param pieces of the image
 * @param peers of the deployment
 * @param isWhole every piece is told, however many there are
 */
export function storyOf(
  machine: SimulatedMachine,
  events: readonly TraceEvent[],
  { pieces, isWhole, peers }: { pieces: number; isWhole: boolean; peers: PeerCounts },
): string[] {
  const step = isWhole ? 1 : Math.ceil(pieces / MOST_PIECES);
  const width = Math.max(...events.map(({ timeS }) => timeS.toFixed(3).length));
  const lines: string[] = [];
  let received = 0;
  let wasOn = false;
  for (const { timeS, kind, piece, sender } of events) {
    if (kind === 'pieceReceived') received++;
    if (kind === 'poweredOn') wasOn = true;
    const words =
      kind === 'pieceReceived'
        ? `piece ${piece} from ${peerName(sender!, peers)}, ${received} of ${pieces}`
        : kind === 'died' && !wasOn
          ? NEVER_ON
          : WORDS[kind];
    const isTold = kind !== 'pieceReceived' || received % step === 0 || received === 1 || received === pieces;
    if (isTold) lines.push(`${timeS.toFixed(3).padStart(width)} s  ${words}`);
  }
  if (step > 1) lines.push(`(one piece of ${step} is told; --all tells every one)`);
  return [...lines, '', ...summaryOf(machine, peers)];
}

function summaryOf(machine: SimulatedMachine, peers: PeerCounts): string[] {
  const { phases, downloadedBytes, uploadedBytes, receivedFrom, failure } = machine;
  const took = Object.entries(phases).map(
    ([phase, [startS, endS]]) =>
      `  ${phase.padEnd(10)} ${(endS - startS).toFixed(3)} s, from ${startS.toFixed(3)} s on`,
  );
  const senders = [...(receivedFrom ?? [])]
    .sort(([, one], [, other]) => other - one)
    .map(([sender, bytes]) => `${peerName(sender, peers)} ${readableBytes(bytes)}`);
  return [
    'phases',
    ...took,
    `received ${readableBytes(downloadedBytes)}${senders.length > 0 ? `: ${senders.join(', ')}` : ''}`,
    `sent     ${readableBytes(uploadedBytes)}`,
    ...(failure === null ? [] : [`failed: ${failure}`]),
  ];
}
