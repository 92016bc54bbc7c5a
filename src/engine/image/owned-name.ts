import { readdir, readFile } from 'node:fs/promises';

/** What a process may own in a store: an image that it writes, or what it has unpacked to read it. */
export type OwnedKind = 'draft' | 'unpacked';

let owned = 0;

/** Under this name this process owns something; another one each time. Ids of processes are used again, so it has its start, too. */
export async function ownName(kind: OwnedKind): Promise<string> {
  const number = ++owned;
  return `.${kind}-${process.pid}-${await startOf(process.pid)}-${number}`;
}

/** Names in a folder of what ended processes have left there. */
export async function abandonedNames(folder: string, kind: OwnedKind): Promise<string[]> {
  const pattern = new RegExp(`^\\.${kind}-(\\d+)-(\\d+)-\\d+$`);
  const names = (await readdir(folder)).filter((name) => pattern.test(name));
  const areAbandoned = await Promise.all(
    names.map(async (name) => {
      const [, pid, started] = pattern.exec(name)!;
      return (await startOf(Number(pid))) !== started;
    }),
  );
  return names.filter((_, index) => areAbandoned[index]);
}

/** In ticks since the computer was started: field 22 of proc(5), `/proc/<pid>/stat`. Null where it has ended. */
async function startOf(pid: number): Promise<string | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  // The name of the program, in brackets, may have blanks.
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}
