import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { TestContext } from 'vitest';

const FOLDERS = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/bin', '/bin'];

/** Skips the test and says why; where CI=true it fails instead, so that nothing is left out unseen. */
export function skipOrFail(context: TestContext, reason: string): never {
  if (process.env.CI === 'true') throw new Error(reason);
  context.skip(reason);
}

/** @returns the path of a tool, or skips the test */
export function installedTool(context: TestContext, name: string, debianPackage: string): string {
  const path = FOLDERS.map((folder) => join(folder, name)).find((candidate) => existsSync(candidate));
  return path ?? skipOrFail(context, `needs ${name}: install the Debian package ${debianPackage}`);
}
