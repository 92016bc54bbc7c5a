import type { OperatorAccess } from '../../../engine/index.ts';

/** What the executor for real machines has to know beside the scenario. */
export interface HardwareSettings {
  /** The deployment server, which runs already. */
  readonly access: OperatorAccess;
  /** Machines that take part, as an operator names them: MACs, UUIDs, names, `tag:NAME`. A run takes the first of them. */
  readonly room: readonly string[];
  /** A golden image in the server's store; its newest version is deployed. */
  readonly golden: string;
  /** Of each machine, which is overwritten: `serial=...`, `wwn=...`, `path=...`, `only`; undefined: as the server does. */
  readonly disk?: string;
  /** Switches one machine on or restarts it, for a shell, with `MACHINE` (MAC) and `NAME`; undefined: a person does. */
  readonly power?: string;
  /** Time without a sign of life after which unfinished machines are given up [ms]. */
  readonly patienceMs: number;
}
