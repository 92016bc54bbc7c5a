import { setTimeout as delay } from 'node:timers/promises';
import type { Metainfo } from '../../../engine/index.ts';
import { RunFailure } from '../../../failure.ts';

const INTERVAL_MS = 100;
const MOST_SCRAPES = 200;
/** Seeders of the torrent, in the bencoded answer (BEP 48). */
const SEEDERS = /8:completei(\d+)e/;

/**
 * Resolves once the tracker knows a seeder: for programs that do not tell when they have announced themselves.
 * Rejects with a RunFailure (`TRACKER`) when none appears.
 */
export async function seederAnnounced({ infoHash, trackers }: Metainfo): Promise<void> {
  const query = infoHash.replaceAll(/../g, (byte) => `%${byte}`);
  const url = `${trackers[0]!.replace(/announce$/, 'scrape')}?info_hash=${query}`;
  for (let scrapes = 0; scrapes < MOST_SCRAPES; scrapes++) {
    const answer = Buffer.from(await (await fetch(url)).arrayBuffer()).toString('latin1');
    if (Number(SEEDERS.exec(answer)?.[1] ?? 0) > 0) return;
    await delay(INTERVAL_MS);
  }
  throw new RunFailure('TRACKER', 'the seeder did not announce itself to the tracker');
}
