import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isProcessAlive } from './is-process-alive.ts';
import { pidNamespace } from './pid-namespace-reader.ts';

/** Who made it: the namespace of its process id, and this id. */
const NAME = /^swarmboot-(?:lab|vm)-(\d+)-(\d+)-[0-9a-f-]{36}$/;

/** Name of a folder for the files of a lab that this process is about to make. */
export function scratchFolderIn(workFolder: string, kind: 'lab' | 'vm'): string {
  return join(workFolder, `swarmboot-${kind}-${pidNamespace()}-${process.pid}-${randomUUID()}`);
}

/** Removes what is left of labs whose processes have all been killed. */
export function removeStaleFolders(workFolder: string): void {
  if (!existsSync(workFolder)) return;
  for (const entry of readdirSync(workFolder, { withFileTypes: true })) {
    const [, namespace, pid] = entry.isDirectory() ? (NAME.exec(entry.name) ?? []) : [];
    // Of others nobody can tell here whether they are alive.
    if (Number(namespace) !== pidNamespace() || isProcessAlive(Number(pid))) continue;
    remove(join(workFolder, entry.name));
  }
}

function remove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  } catch {
    // Somebody else's, or another lab that starts is about it as well: it keeps no lab from starting.
  }
}
