import { type FileHandle, open, readFile, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '../../failure.ts';
import { makeFolder } from '../../folder-writer.ts';
import type { AskedScenario } from './asked-scenario.ts';
import { replaceFile } from './file-writer.ts';
import type { RunRecord } from './run-record.ts';

/** File of a report folder that holds its records, one JSON object a line. */
const RECORDS = 'records.jsonl';
/** Beside it: the scenario that the folder was last asked. */
const ASKED = 'scenario.json';

/** The records of one report folder: only ever appended to, a whole line at a time. */
export class RecordStore {
  readonly folder: string;
  readonly #file: string;

  constructor(folder: string) {
    this.folder = folder;
    this.#file = join(folder, RECORDS);
  }

  /** Adds one record and brings it to the disk; a line that could not be written whole is taken back. */
  async append(record: RunRecord): Promise<void> {
    await makeFolder(this.folder);
    const file = await open(this.#file, 'a+');
    const { bytes, end } = await this.#whole(file);
    try {
      await file.truncate(bytes);
      await file.appendFile(`${end}${JSON.stringify(record)}\n`);
      await file.datasync();
    } catch (error) {
      await truncate(this.#file, bytes);
      throw error;
    } finally {
      await file.close();
    }
  }

  /**
   * Bytes of whole lines, and the end that the last one lacks. Whoever wrote a part of a line was killed, and nothing is
   * known of that run; some editors leave out no more than the last end.
   */
  async #whole(file: FileHandle): Promise<{ bytes: number; end: string }> {
    const { size } = await file.stat();
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1));
    if (size === 0 || buffer.toString() === '\n') return { bytes: size, end: '' };
    const all = await readFile(this.#file);
    const begin = all.lastIndexOf('\n') + 1;
    return isWholeLine(all.toString('utf8', begin)) ? { bytes: size, end: '\n' } : { bytes: begin, end: '' };
  }

  /**
   * All records in the order in which they were written, without one that was cut off in the middle.
   * @throws ConfigError where there are none, or a line is not a record
   */
  async read(): Promise<RunRecord[]> {
    const all = (await this.#text()).split('\n');
    const last = all.pop()!;
    const lines = [...all, ...(isWholeLine(last) ? [last] : [])].filter((line) => line !== '');
    if (lines.length === 0) throw this.#mistake(`${this.#file} is empty: nothing has been run into it`);
    return lines.map((line, index) => this.#parse(line, index + 1));
  }

  /** The same, and none where nothing was ever run into the folder. */
  async readIfAny(): Promise<RunRecord[]> {
    const size = await stat(this.#file).then(
      (found) => found.size,
      () => 0,
    );
    return size === 0 ? [] : this.read();
  }

  /** Says what the report of the folder is to show from now on. */
  async ask(scenario: AskedScenario): Promise<void> {
    await replaceFile(join(this.folder, ASKED), `${JSON.stringify(scenario, null, 2)}\n`);
  }

  /** What was said so last, or undefined where it never was. */
  async asked(): Promise<AskedScenario | undefined> {
    const file = join(this.folder, ASKED);
    try {
      // Of what the runs rest on, a folder may know nothing.
      return { bases: {}, ...JSON.parse(await readFile(file, 'utf8')) } as AskedScenario;
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code === 'ENOENT') return undefined;
      if (code === 'ENOTDIR') throw this.#mistake(`${this.folder} is no folder`, cause);
      throw this.#mistake(`${file} cannot be read; delete it to go by the last records`, cause);
    }
  }

  async #text(): Promise<string> {
    try {
      return await readFile(this.#file, 'utf8');
    } catch (cause) {
      throw this.#mistake(`there is no ${RECORDS} in ${this.folder}: name the folder of a report`, cause);
    }
  }

  #parse(line: string, number: number): RunRecord {
    const place = { file: this.#file, line: number, column: 1 };
    try {
      const record = JSON.parse(line) as Partial<RunRecord> | null;
      if (record?.format === 'swarmboot-run/1') return record as RunRecord;
    } catch (cause) {
      throw new ConfigError('', 'not a whole line of JSON; delete the line to go on without it', {
        place,
        cause,
      });
    }
    throw new ConfigError('', 'not a record of the format `swarmboot-run/1`', { place });
  }

  #mistake(sentence: string, cause?: unknown): ConfigError {
    return new ConfigError('', sentence, { cause });
  }
}

function isWholeLine(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
