/** The folders before the name of a file: they are of one run alone. An address such as `http://host/name` has none. */
const FOLDERS = /(?<![\w./:])\/(?:[^\s'":/]+\/)+/g;
const SEPARATORS = /[\r\n]+/;

/**
 * What a report tells of what a program has said on its standard error: the last line in the program's own name
 * (`curl: ...`), else the last that tells of an error, else the last of all; without the folders of files.
 * @param said by this program, and maybe by others beside it
 */
export function lastWords(program: string, said: string): string {
  const lines = said
    .split(SEPARATORS)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const line =
    lines.findLast((each) => each.startsWith(`${program}:`)) ??
    lines.findLast((each) => /error/i.test(each)) ??
    lines.at(-1) ??
    '';
  return line.replaceAll(FOLDERS, '');
}
