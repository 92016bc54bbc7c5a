import { readFileSync } from 'node:fs';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { readCodeDigest } from './code-digest-reader.ts';
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

/** Versions of Swarmboot, of the code that makes its runs, and of Node. */
export function readVersions(): Record<string, string> {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  return { swarmboot: version, code: readCodeDigest(), node: process.versions.node };
}
