import { readdir, readFile } from 'node:fs/promises';

/** A draft belongs to a process, named by its id and when it was started: ids are used again. */
const DRAFT = /^\.draft-(\d+)-(\d+)-\d+$/;

let drafts = 0;

/** Under this name this process writes a draft; another one each time. */
export async function ownDraftName(): Promise<string> {
  const number = ++drafts;
  return `.draft-${process.pid}-${await startOf(process.pid)}-${number}`;
}

/** Names of drafts in a folder whose process has ended. */
export async function abandonedDrafts(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => DRAFT.test(name));
  const areAbandoned = await Promise.all(
    names.map(async (name) => {
      const [, pid, started] = DRAFT.exec(name)!;
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
