/**
 * What makes each version of the store's schema out of the one before. A list that only grows: stores of any age are
 * brought up to date when they are opened.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE machine (
    mac TEXT PRIMARY KEY,
    name TEXT UNIQUE,
    tags TEXT NOT NULL DEFAULT '[]',
    facts TEXT,
    first_seen TEXT NOT NULL,
    last_seen TEXT NOT NULL
  ) STRICT;
  CREATE TABLE deployment (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    image TEXT NOT NULL,
    version INTEGER NOT NULL,
    agent_token TEXT NOT NULL UNIQUE,
    wait_for INTEGER NOT NULL,
    start_at TEXT,
    created TEXT NOT NULL
  ) STRICT;
  CREATE TABLE target (
    deployment INTEGER NOT NULL REFERENCES deployment (id),
    machine TEXT NOT NULL,
    state TEXT NOT NULL,
    phase TEXT,
    share REAL,
    failure TEXT,
    changed TEXT NOT NULL,
    PRIMARY KEY (deployment, machine)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX target_of_machine ON target (machine, deployment);
  CREATE TABLE event (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    deployment INTEGER,
    machine TEXT,
    kind TEXT NOT NULL,
    detail TEXT NOT NULL
  ) STRICT;
  `,
  `ALTER TABLE deployment ADD COLUMN disk TEXT NOT NULL DEFAULT 'only';`,
  'ALTER TABLE target ADD COLUMN report TEXT;',
  `ALTER TABLE deployment ADD COLUMN steps TEXT;`,
  // Who was taken for a machine, by all ids; and the disk that it began to write to.
  `ALTER TABLE target ADD COLUMN taken TEXT; ALTER TABLE target ADD COLUMN disk TEXT;
   CREATE INDEX event_of_deployment ON event (deployment, id);`,
  // Whether a machine began to write its image, and has finished none since.
  `ALTER TABLE target ADD COLUMN is_begun INTEGER NOT NULL DEFAULT 0;
   UPDATE target SET is_begun = 1 WHERE disk IS NOT NULL AND state <> 'finished';`,
];
