import { ConfigError } from '../../failure.ts';
import { cancelled, type Deployment, isArmed, type StartRule, type Target } from './deployment.ts';
import { idsOfMachine } from './machine-ids.ts';
import type { PostDeploySteps } from './post-deploy-steps.ts';
import { MIGRATIONS } from './schema-migrations.ts';
import { type Row, SqliteStore } from './sqlite-store.ts';
import { type StoredEvent, StoredEvents } from './stored-events.ts';
import { type Machine, type MachineDescription, StoredMachines } from './stored-machines.ts';
import { StoredTargets, type TakenMachine } from './stored-targets.ts';

/** What an operator asks for. */
export interface DeploymentWish {
  readonly image: string;
  readonly version: number;
  readonly agentToken: string;
  /** MACs or UUIDs. */
  readonly machines: readonly string[];
  readonly start: StartRule;
  readonly disk: string;
  /** Default: none. */
  readonly steps?: PostDeploySteps | null;
}

/**
 * What a deployment server knows. A change that was answered stays, also after a power cut. Its tokens are secrets, so
 * only the owner may read the file.
 */
export class DeploymentStore {
  readonly #database: SqliteStore;
  readonly #machines: StoredMachines;
  readonly #targets: StoredTargets;
  readonly #events: StoredEvents;
  readonly #now: () => Date;

  private constructor(database: SqliteStore, now: () => Date) {
    this.#database = database;
    this.#machines = new StoredMachines(database);
    this.#targets = new StoredTargets(database);
    this.#events = new StoredEvents(database);
    this.#now = now;
  }

  /** Throws a RunFailure (`STORE`) for a file that is no store, or that a newer version has written. */
  static open(file: string, now: () => Date = () => new Date()): DeploymentStore {
    return new DeploymentStore(SqliteStore.open(file, MIGRATIONS), now);
  }

  /** A store that is gone with its process, as labs need it. */
  static inMemory(now: () => Date = () => new Date()): DeploymentStore {
    return new DeploymentStore(SqliteStore.inMemory(MIGRATIONS), now);
  }

  close(): void {
    this.#database.close();
  }

  /** A machine has shown itself; what it says of itself replaces what it said before. */
  machineSeen(mac: string, facts?: unknown): void {
    this.#machines.seen(mac, this.#stamp(), facts);
  }

  /**
   * Gives a machine a name and tags; one that was never seen is known from now on.
   * Throws a ConfigError for a name that another machine has.
   */
  describeMachine(mac: string, description: MachineDescription): void {
    this.#machines.describe(mac, this.#stamp(), description);
  }

  /**
   * Throws a ConfigError for a machine that is not known, or is being deployed.
   * @param id its address, or an id that its agent has told and no other
   * @returns its address
   */
  forgetMachine(id: string): string {
    const { mac } = this.#machines.known(id);
    const target = this.armedTarget(mac);
    if (target)
      throw new ConfigError(
        'machine',
        `${mac} is armed in deployment ${target.deployment}: cancel that first`,
      );
    this.#machines.forget(mac);
    return mac;
  }

  machines(): Machine[] {
    return this.#machines.all();
  }

  /** Undefined for one that was never seen. */
  machine(mac: string): Machine | undefined {
    return this.#machines.of(mac);
  }

  /** All ids of the machine that has this one, itself first. */
  idsOf(id: string): readonly string[] {
    return idsOfMachine(id, this.#machines.having(id));
  }

  /** Arms machines. Throws a ConfigError where one is armed already; then none is. */
  createDeployment({ machines, steps = null, ...wish }: DeploymentWish): Deployment {
    return this.#whole(() => {
      const created = this.#stamp();
      const { lastInsertRowid } = this.#database.run(
        `INSERT INTO deployment (image, version, agent_token, wait_for, start_at, disk, steps, created)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        [
          wish.image,
          wish.version,
          wish.agentToken,
          wish.start.waitFor,
          wish.start.at,
          wish.disk,
          steps && JSON.stringify(steps),
          created,
        ],
      );
      const id = Number(lastInsertRowid);
      for (const machine of machines) this.#arm(id, machine);
      this.#log({
        deployment: id,
        machine: null,
        kind: 'deploymentCreated',
        detail: `${wish.image} version ${wish.version}`,
      });
      return { id, created, steps, ...wish };
    });
  }

  deployments(): Deployment[] {
    return this.#database.all('SELECT * FROM deployment ORDER BY id').map(deploymentOf);
  }

  deployment(id: number): Deployment | undefined {
    return this.#database.all('SELECT * FROM deployment WHERE id = ?', [id]).map(deploymentOf)[0];
  }

  /** Nobody is waited for any more, and no time. */
  beginDeployment(id: number): void {
    this.#whole(() => {
      this.#database.run('UPDATE deployment SET wait_for = 0, start_at = NULL WHERE id = ?', [id]);
      this.#log({ deployment: id, machine: null, kind: 'deploymentBegun', detail: '' });
    });
  }

  /** The token has more bits than anybody could find out by the time of a comparison. */
  deploymentByToken(agentToken: string): Deployment | undefined {
    return this.#database
      .all('SELECT * FROM deployment WHERE agent_token = ?', [agentToken])
      .map(deploymentOf)[0];
  }

  /**
   * Arms further machines in a deployment; one that was done, failed or cancelled in it is armed anew.
   * Throws a ConfigError where one is armed already; then none is.
   */
  armMachines(deployment: number, machines: readonly string[]): void {
    this.#whole(() => {
      for (const machine of machines) this.#arm(deployment, machine);
    });
  }

  /** In the order of their names. */
  targetsOf(deployment: number): Target[] {
    return [...this.#targets.of(deployment).values()];
  }

  /** The deployment in which a machine is to be written to, if there is one. */
  armedTarget(machine: string): Target | undefined {
    return this.#targets.armed(machine, this.#now().getTime());
  }

  /** Whether a machine is to be written to at its next boot. */
  isArmed(target: Target): boolean {
    return isArmed(target, this.#now().getTime());
  }

  /** One machine of a deployment. */
  target(deployment: number, machine: string): Target | undefined {
    return this.#targets.of(deployment).get(machine);
  }

  /** Keeps what has become of a machine; a new state is an event. Throws an Error for a machine that is no target. */
  keepTarget(target: Omit<Target, 'changed'>): void {
    const { deployment, machine, state } = target;
    const known = this.target(deployment, machine);
    if (!known) throw new Error(`${machine} is not in deployment ${deployment}`);
    // How far a machine is may be lost in a power cut: it says so again.
    if (known.state === state) this.#database.lightly(() => this.#replaceTarget(known, target));
    else this.#whole(() => this.#replaceTarget(known, target));
  }

  /** All targets of the machine that has these ids, in all deployments, but not this one of them. */
  otherTargets(
    ids: readonly string[],
    { deployment, machine }: Pick<Target, 'deployment' | 'machine'>,
  ): Target[] {
    return ids
      .flatMap((id) => this.#targets.ofMachine(id))
      .filter((target) => target.deployment !== deployment || target.machine !== machine);
  }

  /** Who was taken for a machine of a deployment: it stays so until the machine is armed anew. */
  takenFor({ deployment, machine }: Pick<Target, 'deployment' | 'machine'>): TakenMachine {
    return this.#targets.takenFor(deployment, machine);
  }

  keepTaken({ deployment, machine }: Pick<Target, 'deployment' | 'machine'>, taken: TakenMachine): void {
    this.#targets.keepTaken(deployment, machine, taken);
  }

  /** Keeps a sentence of an agent, up to a limit. */
  note(deployment: number, machine: string, detail: string): void {
    this.#events.note(deployment, machine, { at: this.#stamp(), detail });
  }

  /** Whether an earlier run on a machine, by any of its ids, began to write the image of a deployment and was cut off. */
  hasBegun(ids: readonly string[], deployment: Deployment): boolean {
    return this.#targets.hasBegun(ids, deployment);
  }

  /** Changes all machines of a deployment at once. Throws a ConfigError where one would be armed in two deployments. */
  changeTargets(deployment: number, change: (target: Target) => Target): void {
    this.#whole(() => {
      for (const known of this.targetsOf(deployment)) {
        const target = change(known);
        if (this.isArmed(target) && !this.isArmed(known)) {
          // Of two names of a machine one is enough.
          if (this.#armedAs(known.machine)?.deployment === deployment) continue;
          this.#assertUnarmed(known.machine);
        }
        if (target !== known) this.#replaceTarget(known, target);
      }
    });
  }

  /** Events after the one of that id, in their order. */
  events(afterId = 0): StoredEvent[] {
    return this.#events.after(afterId);
  }

  /** Of one deployment those after the event of that id, in their order; the newest `last` of them. */
  eventsOf(deployment: number, which: { readonly afterId?: number; readonly last?: number }): StoredEvent[] {
    return this.#events.of(deployment, which);
  }

  /** Of the newest event; 0 where there is none. */
  lastEventId(): number {
    return this.#events.lastId();
  }

  #arm(deployment: number, machine: string): void {
    this.#assertUnarmed(machine);
    this.#forgetLost(machine);
    this.#targets.arm(deployment, machine, this.#stamp());
  }

  /** By whatever name it is armed. */
  #assertUnarmed(machine: string): void {
    const armed = this.#armedAs(machine);
    if (!armed) return;
    const name = armed.machine === machine ? '' : ` as ${armed.machine}`;
    throw new ConfigError(
      'machines',
      `${machine} is armed already${name}, in deployment ${armed.deployment}`,
    );
  }

  #armedAs(machine: string): Target | undefined {
    return this.idsOf(machine)
      .map((id) => this.armedTarget(id))
      .find((target) => target !== undefined);
  }

  /** A machine that was lost with its image and speaks again must not be armed twice. */
  #forgetLost(machine: string): void {
    const nowMs = this.#now().getTime();
    for (const id of this.idsOf(machine))
      for (const target of this.#targets.ofMachine(id)) {
        const forgotten = target.state === 'verified' ? cancelled(target, nowMs) : target;
        if (forgotten !== target) this.#replaceTarget(target, forgotten);
      }
  }

  #replaceTarget(known: Target, target: Omit<Target, 'changed'>): void {
    this.#targets.replace({ ...target, changed: this.#stamp() });
    const { deployment, machine, state, failure } = target;
    if (known.state === state) return;
    const kind = `target${state[0]!.toUpperCase()}${state.slice(1)}`;
    this.#log({ deployment, machine, kind, detail: failure ?? '' });
  }

  #log(event: Omit<StoredEvent, 'id' | 'at'>): void {
    this.#events.log({ at: this.#stamp(), ...event });
  }

  /** All of it, or nothing. */
  #whole<Result>(work: () => Result): Result {
    try {
      return this.#database.whole(work);
    } catch (error) {
      this.#targets.readAnew();
      throw error;
    }
  }

  #stamp(): string {
    return this.#now().toISOString();
  }
}

function deploymentOf(row: Row): Deployment {
  return {
    id: row.id as number,
    image: row.image as string,
    version: row.version as number,
    agentToken: row.agent_token as string,
    start: { waitFor: row.wait_for as number, at: row.start_at as string | null },
    disk: row.disk as string,
    steps: row.steps === null ? null : JSON.parse(row.steps as string),
    created: row.created as string,
  };
}
