import { serverSettingsOf } from '../../../src/engine/deployment/server-settings-of.ts';
import { loadQuantityParser } from '../../../src/settings/quantity.ts';
import { parseSettingsDocument } from '../../../src/settings/settings-document.ts';

/** What a server makes of these lines of `swarmboot.yaml`. */
export async function serverSettingsIn(text: string) {
  const file = { file: 'swarmboot.yaml', wanted: 'settings are lines' };
  return serverSettingsOf(parseSettingsDocument(text, file), loadQuantityParser);
}

/** The same of plain data, with an interface: JSON is YAML. */
export function serverSettings(settings: object) {
  return serverSettingsIn(JSON.stringify({ interface: 'eth0', ...settings }));
}
