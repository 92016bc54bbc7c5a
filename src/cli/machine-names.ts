import type { Machine } from '../engine/index.ts';

/** What machines are called: their name, or their address where they have none. */
export function namesOf(machines: readonly Machine[]): (machine: string) => string {
  const names = new Map(machines.flatMap(({ mac, name }) => (name === null ? [] : [[mac, name]])));
  return (machine) => names.get(machine) ?? machine;
}
