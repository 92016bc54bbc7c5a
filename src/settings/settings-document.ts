import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { ConfigError, type Place } from '../failure.ts';

/** Keys and list indices from the root of a document to a value. */
export type Path = readonly PropertyKey[];

/** A YAML text as data, which remembers where everything stands. */
export interface SettingsDocument {
  /** Plain objects, lists, strings, numbers; nothing validated. */
  readonly data: unknown;
  /** Place of the value at `path`, or of its nearest parent that is there; `key` asks for a key of that map. */
  placeOf(path: Path, key?: string): Place;
  /** How many steps of `path` the document has. */
  depthOf(path: Path): number;
}

/** What is read, for messages. */
export interface SettingsFile {
  readonly file: string;
  /** What there has to be, such as ``a scenario is made of settings such as `name: my-scenario` ``. */
  readonly wanted: string;
}

/** @throws ConfigError with line and column where the text is no YAML, or has no settings */
export function parseSettingsDocument(text: string, { file, wanted }: SettingsFile): SettingsDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };

  const error = document.errors[0];
  if (error) throw new ConfigError('', `not valid YAML: ${error.message}`, { place: placeAt(error.pos[0]) });

  if (!isMap(document.contents)) {
    const found = document.contents === null ? 'nothing' : 'no settings';
    throw new ConfigError('', `found ${found}; ${wanted}`, { place: placeAt(0) });
  }

  const depthOf = (path: Path): number => {
    let depth = path.length;
    while (depth > 0 && document.getIn(path.slice(0, depth), true) === undefined) depth--;
    return depth;
  };
  return {
    data: dataOf(document, placeAt),
    depthOf,
    placeOf(path, key) {
      const node = document.getIn(path.slice(0, depthOf(path)), true);
      const pair = isMap(node)
        ? node.items.find((item) => isScalar(item.key) && item.key.value === key)
        : undefined;
      const target = pair ? pair.key : node;
      return placeAt(isNode(target) ? (target.range?.[0] ?? 0) : 0);
    },
  };
}

/** A mistake that was found later, with the place of its setting where the document has that; anything else as it is. */
export function withPlace(error: unknown, { depthOf, placeOf }: SettingsDocument): unknown {
  if (!(error instanceof ConfigError) || error.place) return error;
  const path = error.field.split('.');
  if (depthOf(path) === 0) return error;
  return new ConfigError(error.field, error.sentence, { place: placeOf(path), cause: error });
}

/** What aliases stand for is looked up only here. */
function dataOf(document: Document, placeAt: (offset: number) => Place): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    // Of an alias without its anchor, and of aliases of aliases that would fill memory.
    if (!(cause instanceof ReferenceError)) throw cause;
    const place = placeAt(firstLostAlias(document));
    throw new ConfigError('', `not valid YAML: ${cause.message}`, { place, cause });
  }
}

/** Offset of the first alias that stands for nothing, or of the beginning. */
function firstLostAlias(document: Document): number {
  let offset = 0;
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document)) return undefined;
      offset = alias.range?.[0] ?? 0;
      return visit.BREAK;
    },
  });
  return offset;
}
