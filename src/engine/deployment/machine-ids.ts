import type { Machine } from './stored-machines.ts';

type Told = Pick<Machine, 'mac' | 'facts'>;

/** Ids (MACs and UUIDs) that the agent of a machine has told of it. */
export function toldIds({ facts }: Pick<Machine, 'facts'>): readonly string[] {
  return (facts as { ids?: readonly string[] } | null)?.ids ?? [];
}

/** All ids of the machine that has this one, as agents have told them: a machine has a name for each of its cards. */
export function idsOfMachine(id: string, known: readonly Told[]): readonly string[] {
  const same = known.filter((one) => one.mac === id || toldIds(one).includes(id));
  return [...new Set([id, ...same.flatMap((one) => [one.mac, ...toldIds(one)])])];
}

/** Of these ids the first of each machine, in their order. */
export function withoutSecondNames(ids: readonly string[], known: readonly Told[]): string[] {
  const taken = new Set<string>();
  return ids.filter((id) => {
    if (taken.has(id)) return false;
    for (const one of idsOfMachine(id, known)) taken.add(one);
    return true;
  });
}

/** Whether two machines have told this id that have no other in common. */
export function isShared(id: string, known: readonly Told[]): boolean {
  const others = known
    .map(toldIds)
    .filter((ids) => ids.includes(id))
    .map((ids) => ids.filter((one) => one !== id))
    .filter((ids) => ids.length > 0);
  return others.some((one) => others.some((other) => !one.some((id) => other.includes(id))));
}
