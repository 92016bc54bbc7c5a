/** Below it is everything that a machine in SystemRescue asks for, but SystemRescue itself. */
const FOLDER = '/systemrescue/';
const AGENT_FILES = `${FOLDER}agent/`;

/** @param mac with hyphens, as iPXE writes it */
export function configPath(mac: string): string {
  return `${FOLDER}${mac}.yaml`;
}

/** @param mac with hyphens */
export function autorunPath(mac: string): string {
  return `${FOLDER}${mac}/autorun`;
}

export function agentFilePath(name: string): string {
  return AGENT_FILES + name;
}

/** What a path of a request asks for; MACs with colons. */
export type SystemRescueQuestion =
  | { readonly kind: 'config' | 'autorun'; readonly mac: string }
  | { readonly kind: 'agentFile'; readonly name: string };

const MAC = '([0-9a-f]{2}(?:-[0-9a-f]{2}){5})';
const CONFIG = new RegExp(`^${FOLDER}${MAC}\\.yaml$`);
const AUTORUN = new RegExp(`^${FOLDER}${MAC}/autorun$`);

/** Undefined where it asks for nothing of ours. */
export function questionOf(path: string): SystemRescueQuestion | undefined {
  if (path.startsWith(AGENT_FILES)) return { kind: 'agentFile', name: path.slice(AGENT_FILES.length) };
  const config = CONFIG.exec(path)?.[1];
  if (config !== undefined) return { kind: 'config', mac: config.replaceAll('-', ':') };
  const autorun = AUTORUN.exec(path)?.[1];
  return autorun === undefined ? undefined : { kind: 'autorun', mac: autorun.replaceAll('-', ':') };
}
