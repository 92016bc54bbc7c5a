import { ConfigError } from '../../failure.ts';
import { type Mistake, mistakesOf, oneErrorFor } from '../../settings/mistake.ts';
import type { loadQuantityParser } from '../../settings/quantity.ts';
import type { SettingsDocument } from '../../settings/settings-document.ts';
import { type ServerSettings, serverSettingsSchema } from './server-settings.ts';
import { settingsAtOdds } from './settings-at-odds.ts';

/**
 * The settings of a server with their defaults. Rejects with a ConfigError that tells all mistakes, each with its place.
 * @param load brings the parser of quantities; it is called only where one is written
 */
export async function serverSettingsOf(
  document: SettingsDocument,
  load: typeof loadQuantityParser,
): Promise<ServerSettings> {
  const read = await serverSettingsSchema(load).safeParseAsync(document.data);
  const mistakes = read.success ? settingsAtOdds(read.data) : mistakesOf(read.error, document.data);
  if (read.success && mistakes.length === 0) return read.data;
  const errorFor = ({ path, key, sentence }: Mistake) =>
    new ConfigError(path.join('.'), sentence, { place: document.placeOf(path, key) });
  throw oneErrorFor(mistakes, errorFor);
}
