import type { Row, SqliteStore } from './sqlite-store.ts';

/** One thing that happened, in the past tense: `targetRegistered`. */
export interface StoredEvent {
  readonly id: number;
  readonly at: string;
  readonly deployment: number | null;
  readonly machine: string | null;
  readonly kind: string;
  readonly detail: string;
}

/** A script may say a line after the other for an hour. */
const MOST_NOTES = 2000;
/** Of one deployment, in one answer. */
const MOST_EVENTS = 100_000;

/** What has happened in all deployments, in the database of the server. */
export class StoredEvents {
  readonly #database: SqliteStore;
  /** How many sentences of each target were kept. */
  readonly #notes = new Map<string, number>();

  constructor(database: SqliteStore) {
    this.#database = database;
  }

  log({ at, deployment, machine, kind, detail }: Omit<StoredEvent, 'id'>): void {
    this.#database.run('INSERT INTO event (at, deployment, machine, kind, detail) VALUES (?, ?, ?, ?, ?)', [
      at,
      deployment,
      machine,
      kind,
      detail,
    ]);
  }

  /** A sentence of an agent; of one machine so many are kept between two starts of the server. */
  note(deployment: number, machine: string, said: Pick<StoredEvent, 'at' | 'detail'>): void {
    const target = `${deployment} ${machine}`;
    const notes = (this.#notes.get(target) ?? 0) + 1;
    if (notes > MOST_NOTES) return;
    this.#notes.set(target, notes);
    this.#database.lightly(() => this.log({ ...said, deployment, machine, kind: 'agentNoted' }));
  }

  /** Those after the event of that id, in their order. */
  after(id: number): StoredEvent[] {
    return this.#database.all('SELECT * FROM event WHERE id > ? ORDER BY id', [id]).map(eventOf);
  }

  /** The same of one deployment; the newest `last` of them. */
  of(
    deployment: number,
    { afterId = 0, last = MOST_EVENTS }: { readonly afterId?: number; readonly last?: number },
  ): StoredEvent[] {
    return this.#database
      .all('SELECT * FROM event WHERE deployment = ? AND id > ? ORDER BY id DESC LIMIT ?', [
        deployment,
        afterId,
        last,
      ])
      .map(eventOf)
      .toReversed();
  }

  /** Id of the newest event; 0 where there is none. */
  lastId(): number {
    return this.#database.all('SELECT coalesce(max(id), 0) AS id FROM event')[0]!.id as number;
  }
}

function eventOf(row: Row): StoredEvent {
  const { id, at, deployment, machine, kind, detail } = row;
  return { id, at, deployment, machine, kind, detail } as unknown as StoredEvent;
}
