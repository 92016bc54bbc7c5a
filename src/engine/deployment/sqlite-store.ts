import { closeSync, openSync } from 'node:fs';
import { DatabaseSync, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import { RunFailure } from '../../failure.ts';

export type Row = Record<string, SQLOutputValue>;

/**
 * One file of SQLite with a schema that is brought up to date when it is opened. A change that was answered is on the
 * disk: neither kill -9 nor a power cut takes it back, unless it was made `lightly`.
 */
export class SqliteStore {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  private constructor(location: string, migrations: readonly string[]) {
    this.#database = new DatabaseSync(location);
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;');
    migrate(this.#database, migrations);
  }

  /**
   * Opens a file that only its owner may read, or makes it.
   * @param migrations what makes each version of the schema out of the one before
   * Throws a RunFailure (`STORE`) for a file that is no store, or that a newer version has written.
   */
  static open(file: string, migrations: readonly string[]): SqliteStore {
    try {
      closeSync(openSync(file, 'a', 0o600));
      return new SqliteStore(file, migrations);
    } catch (cause) {
      if (cause instanceof RunFailure) throw cause;
      const reason = (cause as Error).message;
      throw new RunFailure('STORE', `${file} cannot be opened as a store: ${reason}`, { cause });
    }
  }

  /** One that is gone with its process. */
  static inMemory(migrations: readonly string[]): SqliteStore {
    return new SqliteStore(':memory:', migrations);
  }

  close(): void {
    this.#database.close();
  }

  /** All of it, or nothing. */
  whole<Result>(work: () => Result): Result {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      // After some errors (a full disk) SQLite has done so by itself.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  /** Survives the end of this process, but perhaps not a power cut: nobody waits for the disk. */
  lightly(work: () => void): void {
    this.#database.exec('PRAGMA synchronous = NORMAL');
    try {
      work();
    } finally {
      this.#database.exec('PRAGMA synchronous = FULL');
    }
  }

  run(sql: string, values: readonly (string | number | null)[]) {
    return this.#prepared(sql).run(...values);
  }

  all(sql: string, values: readonly (string | number)[] = []): Row[] {
    return this.#prepared(sql).all(...values);
  }

  /** The program has a few dozen sentences of SQL, each read once. */
  #prepared(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

function migrate(database: DatabaseSync, migrations: readonly string[]): void {
  const version = Number(database.prepare('PRAGMA user_version').get()!.user_version);
  if (version > migrations.length) {
    throw new RunFailure(
      'STORE',
      `the store is of version ${version}, written by a newer Swarmboot; this one knows versions up to ${migrations.length}`,
    );
  }
  migrations.slice(version).forEach((migration, step) => {
    database.exec(`BEGIN IMMEDIATE; ${migration} PRAGMA user_version = ${version + step + 1}; COMMIT;`);
  });
}
