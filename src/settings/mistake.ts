import type { z } from 'zod';
import type { ConfigError } from '../failure.ts';
import type { Path } from './settings-document.ts';

/** One mistake in settings: where it stands in the data and a sentence that says what was found and what is allowed. */
export interface Mistake {
  readonly path: Path;
  /** Set where the mistake is an unknown key of the object at `path`. */
  readonly key?: string;
  readonly sentence: string;
}

/** Words for what zod found wrong with `data`. */
export function mistakesOf(error: z.ZodError, data: unknown): Mistake[] {
  return error.issues.flatMap((issue): Mistake[] => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        path: issue.path,
        key,
        sentence: `unknown setting \`${key}\`; ${issue.message}`,
      }));
    }
    return [{ path: issue.path, sentence: sentenceOf(issue, valueAt(data, issue.path)) }];
  });
}

/**
 * All mistakes as one error, a line for each, in the order of the text; unknown settings first: what is missing is mostly
 * one of these, misspelt.
 * @param errorFor an error with its place
 */
export function oneErrorFor(
  mistakes: readonly Mistake[],
  errorFor: (mistake: Mistake) => ConfigError,
): ConfigError {
  const found = mistakes.map((mistake) => ({
    isUnknown: mistake.key !== undefined,
    error: errorFor(mistake),
  }));
  found.sort(
    (one, other) =>
      Number(other.isUnknown) - Number(one.isUnknown) ||
      one.error.place!.line - other.error.place!.line ||
      one.error.place!.column - other.error.place!.column,
  );
  return Object.assign(found[0]!.error, { message: found.map(({ error }) => error.message).join('\n') });
}

/** The value at `path` of plain data, or undefined. */
function valueAt(data: unknown, path: Path): unknown {
  let value = data;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return value;
}

function sentenceOf(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.message.startsWith('found ')) return issue.message;
  const found = value === undefined ? 'is missing' : `found \`${shown(value)}\``;
  return `${found}; ${allowedBy(issue)}`;
}

/** The schema's own words where it has any, else words for what zod expected. */
function allowedBy(issue: z.core.$ZodIssue): string {
  if (issue.message.startsWith('allowed ')) return issue.message;
  if (issue.code === 'invalid_value')
    return `allowed is ${issue.values.map((value) => `\`${String(value)}\``).join(' or ')}`;
  if (issue.code !== 'invalid_type') return issue.message;
  if (issue.expected === 'boolean') return 'allowed is `true` or `false`';
  if (issue.expected === 'array') return 'allowed is a list';
  if (issue.expected === 'object' || issue.expected === 'record') return 'allowed is a group of settings';
  return `allowed is a ${issue.expected}`;
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}
