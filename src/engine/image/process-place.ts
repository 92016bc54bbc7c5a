/** Where process ids mean something: two processes with one id are the same only within one place. */
export interface ProcessPlace {
  /** Of the computer; null where it cannot be told from others. */
  readonly machine: string | null;
  /** Of its start. */
  readonly boot: string;
  /** Of the PID namespace (pid_namespaces(7)): each container has its own. */
  readonly namespace: string;
}

/**
 * What is to be known of a process of `there` from `here`: `here`, whether it runs can be asked; `ended`, since its
 * computer was started again; `unknown`, as of another container, or of another computer that shares the folder.
 */
export function sightOf(there: ProcessPlace, here: ProcessPlace): 'here' | 'ended' | 'unknown' {
  if (there.boot === here.boot) return there.namespace === here.namespace ? 'here' : 'unknown';
  return there.machine !== null && there.machine === here.machine ? 'ended' : 'unknown';
}
