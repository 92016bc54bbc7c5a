import { descendantsOf } from './process-tree-reader.ts';

/**
 * Kills all that a process has started, and stops the process itself: SIGCONT or SIGKILL comes next. Whoever is stopped
 * starts nothing more (fork(2) gives way to a signal), so that nothing escapes that is started in this moment.
 */
export function killDescendants(pid: number): void {
  signal(pid, 'SIGSTOP');
  const stopped = new Set<number>();
  let others = descendantsOf(pid);
  while (others.length > 0) {
    for (const descendant of others) {
      signal(descendant, 'SIGSTOP');
      stopped.add(descendant);
    }
    others = descendantsOf(pid).filter((descendant) => !stopped.has(descendant));
  }
  for (const descendant of stopped) signal(descendant, 'SIGKILL');
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has just ended by itself.
  }
}
