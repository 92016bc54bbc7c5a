import { readFileSync } from 'node:fs';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import type { HostFingerprint } from './run-record.ts';

/** The machine that this program runs on. */
export function readHost(): HostFingerprint {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryMiB: Math.round(totalmem() / 2 ** 20),
    platform: `${platform()} ${release()} ${arch()}`,
  };
}

/** Versions of Swarmboot and of Node. */
export function readVersions(): Record<string, string> {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  return { swarmboot: (JSON.parse(text) as { version: string }).version, node: process.versions.node };
}
