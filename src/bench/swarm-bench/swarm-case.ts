import type { RunRecord } from '../record/run-record.ts';
import type { LoadedScenario } from '../scenario/scenario-loader.ts';
import type { GoalRow } from './goal.ts';

/** A scenario, and what its runs have yielded. */
export interface CaseAnswer {
  readonly scenario: LoadedScenario;
  readonly records: readonly RunRecord[];
}

/** A question about our swarm, with the goals that it is held against. */
export interface SwarmCase {
  readonly name: string;
  /** Name of its file in `scenarios/`, without the ending. */
  readonly scenario: string;
  rows(answer: CaseAnswer): GoalRow[];
}
