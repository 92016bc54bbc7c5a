import { lastWords } from './last-words.ts';

/** A program and its options. */
export type Command = readonly [program: string, ...options: string[]];

/** What a shell says of a process that wrote to a closed pipe: 128 and the number of SIGPIPE. */
const BROKEN_PIPE = 141;
/** curl ignores that signal, and says that it cannot write (`CURLE_WRITE_ERROR` of libcurl-errors(3)). */
const CURL_WRITE_ERROR = 23;

/**
 * A script for bash: the commands as one pipe, of which the last says what it says on the standard error, and then one
 * line with the exit codes of all. A shell by itself tells the last one only.
 */
export function pipeScript(commands: readonly Command[]): string {
  const parts = commands.map((command) => command.map(quoted).join(' '));
  return `${parts.join(' | ')} >&2; echo "\${PIPESTATUS[*]}"`;
}

/**
 * @param said on the standard error, by all parts
 * @returns what is to be said of the part that failed first, or null where none did
 */
export function pipeFailure(
  commands: readonly Command[],
  codes: readonly number[],
  said: string,
): string | null {
  const failed = codes.flatMap((code, part) => (code === 0 ? [] : [part]));
  // Whoever wrote to one that had ended has not failed by itself.
  const part = failed.find((index) => !isCutOff(commands[index]!, codes[index]!)) ?? failed[0];
  if (part === undefined) return null;
  const [program] = commands[part]!;
  const words = lastWords(program, said);
  return `${program} ended with exit code ${codes[part]}${words === '' ? '' : `: ${words}`}`;
}

/** Nobody reads any more what it writes. */
function isCutOff([program]: Command, code: number): boolean {
  return code === BROKEN_PIPE || (program === 'curl' && code === CURL_WRITE_ERROR);
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
