import { isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import { ConfigError, type Place } from '../../failure.ts';

/** Keys and list indices from the root of a document to a value. */
export type Path = readonly PropertyKey[];

/** A YAML text as data, which remembers where everything stands. */
export interface ScenarioDocument {
  /** Plain objects, lists, strings, numbers; nothing validated. */
  readonly data: unknown;
  /** Place of the value at `path`, or of its nearest parent that is there; `key` asks for a key of that map. */
  placeOf(path: Path, key?: string): Place;
  /** How many steps of `path` the document has. */
  depthOf(path: Path): number;
}

/** @throws ConfigError with line and column where the text is no YAML, or has no settings */
export function parseScenarioDocument(text: string, file: string): ScenarioDocument {
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
    throw new ConfigError(
      '',
      `found ${found}; a scenario is made of settings such as \`name: my-scenario\``,
      {
        place: placeAt(0),
      },
    );
  }

  const depthOf = (path: Path): number => {
    let depth = path.length;
    while (depth > 0 && document.getIn(path.slice(0, depth), true) === undefined) depth--;
    return depth;
  };
  return {
    data: document.toJS(),
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
