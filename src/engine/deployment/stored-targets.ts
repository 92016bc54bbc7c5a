import { type Deployment, isArmed, type Target } from './deployment.ts';
import type { Row, SqliteStore } from './sqlite-store.ts';

/** Who came as a machine of a deployment. */
export interface TakenMachine {
  /** All that it has. */
  readonly ids: readonly string[];
  /** The disk that it began to write to, as its agent names it; null before that. */
  readonly disk: string | null;
}

/**
 * The machines of all deployments, as they are in the database. Hundreds of agents ask each second how far the others
 * are, so the deployments that are asked for stay in memory, too.
 */
export class StoredTargets {
  readonly #database: SqliteStore;
  /** By machine, in the order of their names. */
  readonly #ofDeployment = new Map<number, Map<string, Target>>();

  constructor(database: SqliteStore) {
    this.#database = database;
  }

  of(deployment: number): ReadonlyMap<string, Target> {
    let targets = this.#ofDeployment.get(deployment);
    if (!targets) {
      const rows = this.#database.all('SELECT * FROM target WHERE deployment = ? ORDER BY machine', [
        deployment,
      ]);
      targets = new Map(rows.map(targetOf).map((target) => [target.machine, target]));
      this.#ofDeployment.set(deployment, targets);
    }
    return targets;
  }

  /** The deployment in which a machine is to be written to, if there is one. */
  armed(machine: string, nowMs: number): Target | undefined {
    return this.#database
      .all('SELECT * FROM target WHERE machine = ? ORDER BY deployment DESC', [machine])
      .map(targetOf)
      .find((target) => isArmed(target, nowMs));
  }

  /** One machine in all deployments, by one of its ids. */
  ofMachine(machine: string): Target[] {
    return this.#database.all('SELECT * FROM target WHERE machine = ?', [machine]).map(targetOf);
  }

  /** Who was taken for a machine last. */
  takenFor(deployment: number, machine: string): TakenMachine {
    const [row] = this.#database.all('SELECT taken, disk FROM target WHERE deployment = ? AND machine = ?', [
      deployment,
      machine,
    ]);
    return {
      ids: row?.taken ? JSON.parse(row.taken as string) : [],
      disk: (row?.disk ?? null) as string | null,
    };
  }

  keepTaken(deployment: number, machine: string, { ids, disk }: TakenMachine): void {
    this.#database.run(
      `UPDATE target SET taken = ?, disk = ?, is_begun = is_begun OR ? WHERE deployment = ? AND machine = ?`,
      [JSON.stringify(ids), disk, Number(disk !== null), deployment, machine],
    );
  }

  /** Whether a machine, by any of its ids, began to write this image in any deployment, and has finished none since. */
  hasBegun(ids: readonly string[], { image, version }: Pick<Deployment, 'image' | 'version'>): boolean {
    const begun = (id: string) =>
      this.#database.all(
        `SELECT machine FROM target JOIN deployment ON deployment.id = target.deployment
         WHERE machine = ? AND is_begun AND image = ? AND version = ?`,
        [id, image, version],
      );
    return ids.some((id) => begun(id).length > 0);
  }

  /** A machine that is new to a deployment, or armed in it anew. */
  arm(deployment: number, machine: string, changed: string): void {
    this.#database.run(
      `INSERT INTO target (deployment, machine, state, changed) VALUES (?, ?, 'armed', ?)
       ON CONFLICT (deployment, machine)
       DO UPDATE SET state = 'armed', phase = NULL, share = NULL, failure = NULL, report = NULL,
                     taken = NULL, disk = NULL, changed = excluded.changed`,
      [deployment, machine, changed],
    );
    this.#ofDeployment.delete(deployment);
  }

  /** One that is there already. */
  replace(target: Target): void {
    const { deployment, machine, state, phase, share, failure, report, changed } = target;
    this.#database.run(
      `UPDATE target SET state = ?, phase = ?, share = ?, failure = ?, report = ?, changed = ?
       WHERE deployment = ? AND machine = ?`,
      [
        ...[state, phase, share, failure, report && JSON.stringify(report), changed],
        ...[deployment, machine],
      ],
    );
    if (state === 'finished') this.#endAll(target);
    this.#ofDeployment.get(deployment)?.set(machine, target);
  }

  /** Nothing is left of what a machine, by any of its ids, has begun: another image lies where it was parked. */
  #endAll({ deployment, machine }: Target): void {
    for (const id of new Set([machine, ...this.takenFor(deployment, machine).ids]))
      this.#database.run('UPDATE target SET is_begun = 0 WHERE machine = ?', [id]);
  }

  /** What is in memory may not be what is in the database: changes were taken back. */
  readAnew(): void {
    this.#ofDeployment.clear();
  }
}

function targetOf(row: Row): Target {
  const { deployment, machine, state, phase, share, failure, changed } = row;
  const report = row.report === null ? null : JSON.parse(row.report as string);
  return { deployment, machine, state, phase, share, failure, report, changed } as unknown as Target;
}
