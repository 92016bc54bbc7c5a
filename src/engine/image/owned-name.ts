import { readdir, readFile } from 'node:fs/promises';
import { sightOf } from './process-place.ts';
import { processPlace } from './process-place-reader.ts';

/** What a process may own in a store: an image that it writes, or what it has unpacked to read it. */
export type OwnedKind = 'draft' | 'unpacked';

const UNKNOWN_MACHINE = 'unknown';
let owned = 0;

/**
 * Under this name this process owns something; another one each time. Ids of processes are used again, so it has its
 * start, too, and where it runs: others, for whom the id means another process, may share the folder.
 */
export async function ownName(kind: OwnedKind): Promise<string> {
  const number = ++owned;
  const { machine, boot, namespace } = await processPlace();
  const place = `${machine ?? UNKNOWN_MACHINE}-${boot}-${namespace}`;
  return `.${kind}-${place}-${process.pid}-${await startOf(process.pid)}-${number}`;
}

/**
 * Names in a folder of what ended processes have left there. What another container or computer owns is never among
 * them: nobody here can say whether it still runs.
 */
export async function abandonedNames(folder: string, kind: OwnedKind): Promise<string[]> {
  const names = await readdir(folder);
  const areAbandoned = await Promise.all(names.map((name) => isAbandoned(name, kind)));
  return names.filter((_, index) => areAbandoned[index]);
}

async function isAbandoned(name: string, kind: OwnedKind): Promise<boolean> {
  const [, found, machine, boot, namespace, pid, started] = OWNED_NAME.exec(name) ?? [];
  if (found !== kind) return false;
  const there = {
    machine: machine === UNKNOWN_MACHINE ? null : machine!,
    boot: boot!,
    namespace: namespace!,
  };
  const sight = sightOf(there, await processPlace());
  return sight === 'here' ? (await startOf(Number(pid))) !== started : sight === 'ended';
}

const OWNED_NAME = /^\.(\w+)-([0-9a-f]{16}|unknown)-([0-9a-f]{16})-(\d+)-(\d+)-(\d+)-\d+$/;

/** In ticks since the computer was started: field 22 of proc(5), `/proc/<pid>/stat`. Null where it has ended. */
async function startOf(pid: number): Promise<string | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  // The name of the program, in brackets, may have blanks.
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}
