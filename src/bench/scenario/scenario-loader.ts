import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { ConfigError } from '../../failure.ts';
import { type Mistake, mistakesOf, oneErrorFor } from '../../settings/mistake.ts';
import { loadQuantityParser } from '../../settings/quantity.ts';
import { parseSettingsDocument, type SettingsDocument } from '../../settings/settings-document.ts';
import { isPlainObject } from '../record/plain-object.ts';
import { shapingSettings } from '../record/shaping-settings.ts';
import { withChosenCounts } from './chosen-counts.ts';
import { merge } from './merge.ts';
import { type Scenario, scenarioSchema } from './schema.ts';

/** A scenario with one variant applied. */
export interface ScenarioVariant {
  /** `""` for the plain scenario. */
  readonly variant: string;
  readonly scenario: Scenario;
  /** The same as people wrote it, for records. */
  readonly settings: unknown;
}

/** A scenario file, read and validated with all its variants. */
export interface LoadedScenario {
  readonly name: string;
  readonly title: string;
  /** SHA-256 of what shapes the result of a plain run; which machines, seeds and executors were asked for is left out. */
  readonly digest: string;
  /** The plain scenario as it stands in the file. */
  readonly plain: Scenario;
  /** What is to be run, in the order of the file. */
  readonly variants: readonly ScenarioVariant[];
}

/**
 * Reads a scenario file.
 * @param changes laid over the file's settings and over those of each variant, as the command line gives them
 * @throws ConfigError with file, line, column, what was found and what is allowed
 */
export async function loadScenario(file: string, changes: unknown = {}): Promise<LoadedScenario> {
  const wanted = 'a scenario is made of settings such as `name: my-scenario`';
  const document = parseSettingsDocument(await readScenarioText(file), { file, wanted });
  const schema = scenarioSchema(await loadQuantityParser());
  const changed = (settings: unknown) => merge(settings, changes);
  const base = changed(document.data);

  const plain = validate(schema, base, new Blame(document, ''));
  const variants = Object.entries(plain.variants).map(([variant, change]): ScenarioVariant => {
    const settings = withoutVariants(changed(merge(base, change)));
    return { variant, settings, scenario: validate(schema, settings, new Blame(document, variant)) };
  });
  if (plain.plain) variants.unshift({ variant: '', scenario: plain, settings: withoutVariants(base) });
  if (variants.length === 0) {
    throw new ConfigError('plain', 'found `false` and no variants: nothing is left to run', {
      place: document.placeOf(['plain']),
    });
  }
  return { name: plain.name, title: plain.title, digest: digestOf(base), plain, variants };
}

async function readScenarioText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason = { ENOENT: 'no such file', EISDIR: 'a folder, not a scenario file' }[code ?? ''] ?? message;
    throw new ConfigError('scenario', `${file}: ${reason}; \`./swarmboot scenarios\` lists what there is`, {
      cause,
    });
  }
}

function validate(schema: ReturnType<typeof scenarioSchema>, data: unknown, blame: Blame): Scenario {
  const result: z.ZodSafeParseResult<Scenario> = schema.safeParse(data);
  if (result.success) return withChosenCounts(result.data);
  throw oneErrorFor(mistakesOf(result.error, data), (mistake) => blame.errorFor(mistake));
}

/** Finds the place of a mistake: in the variant that brought it, else in the scenario itself. */
class Blame {
  readonly #document: SettingsDocument;
  readonly #variant: string;

  constructor(document: SettingsDocument, variant: string) {
    this.#document = document;
    this.#variant = variant;
  }

  errorFor({ path, key, sentence }: Mistake): ConfigError {
    const wanted = key === undefined ? path : [...path, key];
    const inVariant = ['variants', this.#variant, ...wanted];
    const isInVariant = this.#variant !== '' && this.#document.depthOf(inVariant) === inVariant.length;
    const where = isInVariant ? inVariant.slice(0, inVariant.length - (key === undefined ? 0 : 1)) : path;
    return new ConfigError(where.join('.'), sentence, { place: this.#document.placeOf(where, key) });
  }
}

function withoutVariants(data: unknown): unknown {
  if (!isPlainObject(data)) return data;
  const { variants: _variants, plain: _plain, measured: _measured, ...settings } = data;
  return settings;
}

function digestOf(base: unknown): string {
  return createHash('sha256').update(shapingSettings(base)).digest('hex');
}
