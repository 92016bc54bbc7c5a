import { ConfigError } from '../../failure.ts';
import type { Row, SqliteStore } from './sqlite-store.ts';

/** A computer that has been seen, or that an operator has named. */
export interface Machine {
  /** Such as `52:54:00:12:34:56`. */
  readonly mac: string;
  readonly name: string | null;
  readonly tags: readonly string[];
  /** What its agent last said of it (disks, memory, firmware), or null. */
  readonly facts: unknown;
  /** RFC 3339, UTC. */
  readonly firstSeen: string;
  readonly lastSeen: string;
}

/** What an operator gives a machine. */
export interface MachineDescription {
  readonly name: string | null;
  readonly tags: readonly string[];
}

/** Machines of which nothing is known but that they were seen; so many more may come before they are counted again. */
const MOST_SEEN = 10_000;
const COUNTED_EVERY = 100;

/** The machines that a server knows, in its database. Times are RFC 3339, UTC. */
export class StoredMachines {
  readonly #database: SqliteStore;
  #newMachines = 0;

  constructor(database: SqliteStore) {
    this.#database = database;
  }

  /** In the order of their addresses. */
  all(): Machine[] {
    return this.#database.all('SELECT * FROM machine ORDER BY mac').map(machineOf);
  }

  of(mac: string): Machine | undefined {
    return this.#database.all('SELECT * FROM machine WHERE mac = ?', [mac]).map(machineOf)[0];
  }

  /** Those that have this id, as their address or as their agents have told it. */
  having(id: string): Machine[] {
    return this.#database
      .all('SELECT * FROM machine WHERE mac = ? OR instr(facts, ?) > 0', [id, JSON.stringify(id)])
      .map(machineOf);
  }

  /** The one that has this id. Throws a ConfigError where there is none, or one beside others. */
  known(id: string): Machine {
    const exact = this.of(id);
    if (exact) return exact;
    const [machine, ...others] = this.having(id);
    if (machine && others.length === 0) return machine;
    const found = machine
      ? 'is an id of several machines; name one by its MAC'
      : 'is no machine that is known';
    throw new ConfigError('machine', `${id} ${found}: \`machine list\` shows them`);
  }

  /**
   * Anybody in the network may make up machines: of those of which nothing is known but that they were seen, so many stay,
   * the last ones.
   */
  seen(mac: string, now: string, facts?: unknown): void {
    if (!this.of(mac)) this.#newMachines++;
    this.#database.lightly(() => {
      this.#database.run(
        `INSERT INTO machine (mac, facts, first_seen, last_seen) VALUES (?, ?, ?, ?)
         ON CONFLICT (mac) DO UPDATE SET last_seen = excluded.last_seen, facts = coalesce(excluded.facts, facts)`,
        [mac, facts === undefined ? null : JSON.stringify(facts), now, now],
      );
      if (this.#newMachines >= COUNTED_EVERY) this.#forgetSeen();
    });
  }

  /** Throws a ConfigError for a name that another machine has. */
  describe(mac: string, now: string, { name, tags }: MachineDescription): void {
    const taken = this.all().find((machine) => machine.name === name && machine.mac !== mac);
    if (name !== null && taken) throw new ConfigError('name', `${name} is the name of ${taken.mac}`);
    this.#database.run(
      `INSERT INTO machine (mac, name, tags, first_seen, last_seen) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (mac) DO UPDATE SET name = excluded.name, tags = excluded.tags`,
      [mac, name, JSON.stringify(tags), now, now],
    );
  }

  forget(mac: string): void {
    this.#database.run('DELETE FROM machine WHERE mac = ?', [mac]);
  }

  #forgetSeen(): void {
    this.#newMachines = 0;
    this.#database.run(
      `DELETE FROM machine WHERE mac IN (
         SELECT mac FROM machine WHERE facts IS NULL AND name IS NULL AND tags = '[]'
         ORDER BY last_seen DESC LIMIT -1 OFFSET ?)`,
      [MOST_SEEN],
    );
  }
}

function machineOf(row: Row): Machine {
  return {
    mac: row.mac as string,
    name: row.name as string | null,
    tags: JSON.parse(row.tags as string),
    facts: row.facts === null ? null : JSON.parse(row.facts as string),
    firstSeen: row.first_seen as string,
    lastSeen: row.last_seen as string,
  };
}
