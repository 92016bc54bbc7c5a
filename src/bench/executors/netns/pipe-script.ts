/** A program and its options. */
export type Command = readonly [program: string, ...options: string[]];

/** What a shell says of a process that wrote to a closed pipe: 128 and the number of SIGPIPE. */
const BROKEN_PIPE = 141;

/**
 * A script for bash: the commands as one pipe, of which the last says what it says on the standard error, and then one
 * line with the exit codes of all. A shell by itself tells the last one only.
 */
export function pipeScript(commands: readonly Command[]): string {
  const parts = commands.map((command) => command.map(quoted).join(' '));
  return `${parts.join(' | ')} >&2; echo "\${PIPESTATUS[*]}"`;
}

/** @returns what is to be said of the part that failed first, or null where none did */
export function failedPart(commands: readonly Command[], codes: readonly number[]): string | null {
  const failed = codes.flatMap((code, part) => (code === 0 ? [] : [part]));
  // Whoever wrote to one that had ended has not failed by itself.
  const part = failed.find((index) => codes[index] !== BROKEN_PIPE) ?? failed[0];
  return part === undefined ? null : `${commands[part]![0]} ended with exit code ${codes[part]}`;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
