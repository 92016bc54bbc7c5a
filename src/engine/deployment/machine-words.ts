import { ConfigError } from '../../failure.ts';
import { isShared, toldIds, withoutSecondNames } from './machine-ids.ts';
import type { Machine } from './stored-machines.ts';

/** Six pairs of hex digits with `:` or `-`, or three groups of four with `.` between them, as switches print them. */
const MAC = /^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$|^[0-9a-f]{4}(\.[0-9a-f]{4}){2}$/i;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const TAG = 'tag:';

/**
 * The machines that an operator means: by MAC, UUID, name or `tag:NAME`, each once, also where it has several names (a
 * network boot tries one card after the other), in the order in which they are named.
 * Throws a ConfigError (`machines`) for a word that means nobody; a MAC or UUID need not be known.
 */
export function machinesMeant(words: readonly string[], known: readonly Machine[]): string[] {
  return withoutSecondNames(
    words.flatMap((word) => meantBy(word, known)),
    known,
  );
}

/** A MAC in any notation as `52:54:00:12:34:56`, a UUID in small letters; undefined for anything else. */
export function machineId(word: string): string | undefined {
  if (UUID.test(word)) return word.toLowerCase();
  if (!MAC.test(word)) return undefined;
  return word
    .toLowerCase()
    .replace(/[^0-9a-f]/g, '')
    .match(/../g)!
    .join(':');
}

/**
 * What boots is known by its MAC alone until its agent has told more: armed by a UUID that nobody has told, a machine would
 * be sent to its own disk. And by an id that two have (boards of which many have the same UUID) any of them would be
 * written to. Throws a ConfigError (`machines`) for such a UUID or id.
 */
export function assertKnownAtBoot(machines: readonly string[], known: readonly Machine[]): void {
  const shared = machines.find((machine) => isShared(machine, known));
  if (shared !== undefined)
    throw new ConfigError(
      'machines',
      `two machines have the id ${shared}; name the one that you mean by another`,
    );
  const told = new Set(known.flatMap(toldIds));
  const unheard = machines.find((machine) => UUID.test(machine) && !told.has(machine));
  if (unheard === undefined) return;
  throw new ConfigError(
    'machines',
    `no agent has told the UUID ${unheard} yet, so that its machine cannot be known when it boots; name it by its MAC`,
  );
}

function meantBy(word: string, known: readonly Machine[]): string[] {
  const id = machineId(word);
  if (id) return [id];
  const found = word.startsWith(TAG)
    ? known.filter(({ tags }) => tags.includes(word.slice(TAG.length)))
    : known.filter(({ name }) => name === word);
  if (found.length > 0) return found.map(({ mac }) => mac);
  throw new ConfigError('machines', `\`${word}\` is no MAC, no UUID, and ${unknown(word, known)}`);
}

function unknown(word: string, known: readonly Machine[]): string {
  const names = known.flatMap(({ name }) => name ?? []);
  const tags = [...new Set(known.flatMap(({ tags }) => tags))].map((tag) => TAG + tag);
  const what = word.startsWith(TAG) ? 'no machine has this tag' : 'no machine has this name';
  const list = word.startsWith(TAG) ? tags : names;
  return `${what}${list.length > 0 ? `; there is ${list.slice(0, 20).join(', ')}` : ''}`;
}
