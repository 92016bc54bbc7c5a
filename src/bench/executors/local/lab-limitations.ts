import { isBusy, MOST_BUSY_SHARE } from '../../metrics/busy-computer.ts';
import type { ServerReady } from './lab-messages.ts';
import type { LabPlan } from './lab-plan.ts';

/** What a reader must know to judge a run of a lab, wherever its hosts stand. */
export function labLimitations(plan: LabPlan, { imageNote, versions }: ServerReady): readonly string[] {
  const limitations = [
    'A disk is read back through the page cache of the host.',
    `A machine's power-on is the start of its agent, which has been loaded before: there is no boot phase.`,
    imageNote,
  ];
  return [...limitations, ...transportLimitations(plan.transport, versions)];
}

/** Whether the processors were fast enough for the network. */
export function useLimitations({ busyShare }: { readonly busyShare: number }): readonly string[] {
  if (!isBusy(busyShare)) return [];
  return [
    `In at least one run more than ${MOST_BUSY_SHARE * 100} % of the computer's processors were in use (\`busyShare\` in its record): they may have set the pace, not the network.`,
  ];
}

function transportLimitations(
  transport: LabPlan['transport'],
  versions: ServerReady['versions'],
): readonly string[] {
  const rates = 'Link rates of the swarm include its protocol; blocks of 16 KiB carry the payload.';
  if (transport === 'p2p') return [rates];
  if (transport === 'chain') {
    return [
      rates,
      'In the lab a chain mends itself: whoever loses the machine before it is told of another as soon as the tracker misses the announce of the dead one, after 5 to 100 s.',
    ];
  }
  if (transport !== 'webtorrent') return [];
  return [
    rates,
    `The client is webtorrent ${versions.webtorrent}. It decides whom to choke every 10 s, and unchokes whoever becomes interested in the meantime, so upload slots hold only on average.`,
    'The webtorrent seeder serves like any peer: it does not deal every piece once before any twice.',
  ];
}
