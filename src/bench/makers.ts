import { runKey } from './metrics/record-selection.ts';
import type { Maker } from './metrics/same-maker.ts';
import type { Assignment } from './plan.ts';
import { allVersions, type RecordContext, type Versions } from './record-of.ts';

/** By run (`runKey`): what would make it now. Of the same transport and variant all runs have the same clients. */
export async function makersOf(
  all: readonly Assignment[],
  { host, versions }: Pick<RecordContext, 'host' | 'versions'>,
): Promise<ReadonlyMap<string, Maker>> {
  const clients = new Map<string, Versions>();
  const makers = new Map<string, Maker>();
  for (const { executor, run } of all) {
    const { source, transport, variant, scenario } = run;
    const key = JSON.stringify([source, transport, variant]);
    const own = clients.get(key) ?? (await executor.versionsFor?.(scenario, transport)) ?? {};
    clients.set(key, own);
    makers.set(runKey(run), { host, versions: allVersions(own, versions) });
  }
  return makers;
}
