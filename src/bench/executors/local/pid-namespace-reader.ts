import { statSync } from 'node:fs';

/**
 * The namespace of this process's id, by the number of its inode; 0 where there is none. Process ids of two containers say
 * nothing of each other.
 */
export function pidNamespace(): number {
  return statSync('/proc/self/ns/pid', { throwIfNoEntry: false })?.ino ?? 0;
}
