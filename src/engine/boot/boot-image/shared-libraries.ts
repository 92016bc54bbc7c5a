import { readdir, readFile, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { RunFailure } from '../../../failure.ts';
import { elfDependencies } from './elf-dependencies.ts';

/** The shared libraries in folders of unpacked packages, by name. */
export class SharedLibraries {
  readonly #files = new Map<string, string>();

  /** @param folders one for each package */
  static async of(folders: readonly string[]): Promise<SharedLibraries> {
    const index = new SharedLibraries();
    for (const folder of folders) {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      for (const entry of entries)
        if (/\.so(\.|$)/.test(entry.name)) index.#files.set(entry.name, join(entry.parentPath, entry.name));
    }
    return index;
  }

  /**
   * Every library that these programs need, and that those need.
   * Throws a RunFailure (`LIBRARY`) for one that is in none of the packages.
   * @returns file by name
   */
  async closureOf(programs: readonly string[]): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    const open = [...programs];
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
      const dependencies = elfDependencies(await readFile(file));
      const loader = dependencies?.interpreter && basename(dependencies.interpreter);
      for (const name of [...(dependencies?.libraries ?? []), ...(loader ? [loader] : [])]) {
        if (found.has(name)) continue;
        const library = await this.#fileOf(name, file);
        found.set(name, library);
        open.push(library);
      }
    }
    return found;
  }

  async #fileOf(name: string, neededBy: string): Promise<string> {
    const file = this.#files.get(name);
    if (file) return realpath(file);
    throw new RunFailure('LIBRARY', `${basename(neededBy)} needs ${name}, which is in none of the packages`);
  }
}
