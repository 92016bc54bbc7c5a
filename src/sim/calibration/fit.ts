import {
  type CellPlace,
  type Explanation,
  type MeasuredCell,
  regimesOf,
  type Unknown,
} from './explanation.ts';
import { type Optimum, optimise, type Row, type Terms } from './linear-program.ts';

/** The unknown by which the worst cell is off, as a share of its time. */
const ERROR = 'error';
/** What is as near as any set comes is found a little wider, so that rounding does not shut it out. */
export const SLACK = 1e-7;

/** From the least to the most. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** All sets of unknowns by which an explanation gives a table, up to an error. */
export class Fit {
  readonly explanation: Explanation;
  readonly #cells: readonly MeasuredCell[];
  /** Times are counted in this [s], so that numbers are around 1. */
  readonly #unitS: number;

  constructor(explanation: Explanation, cells: readonly MeasuredCell[]) {
    this.explanation = explanation;
    this.#cells = cells;
    this.#unitS = Math.max(...cells.map(({ makespanS }) => makespanS));
  }

  /** The smallest error of the worst cell, and a set of unknowns [s] that has it. */
  best(): { error: number; unknowns: Readonly<Partial<Record<Unknown, number>>> } {
    const { value, unknowns } = this.#least([], { [ERROR]: 1 })!;
    const inSeconds = Object.entries(unknowns)
      .filter(([name]) => name !== ERROR)
      .map(([name, units]) => [name, units * this.#unitS]);
    return { error: value, unknowns: Object.fromEntries(inSeconds) };
  }

  /** What the unknown [s] can be where no cell is off by more than `error`; undefined where there is no such set. */
  rangeOf(unknown: Unknown, error: number): Range | undefined {
    return this.#range([], { [unknown]: 1 }, error);
  }

  /** What another cell takes [s], by all sets in which no cell is off by more than `error`. */
  predict(cell: CellPlace, error: number): Range | undefined {
    return this.#range([cell], undefined, error);
  }

  /** The smallest error of the worst cell where these unknowns [s] are given; Infinity where that cannot be. */
  errorAt(given: Readonly<Partial<Record<Unknown, number>>>): number {
    const rows = Object.entries(given).map(([unknown, valueS]): Row => {
      const fixed = valueS / this.#unitS;
      return { terms: { [unknown]: 1 }, min: fixed, max: fixed };
    });
    return this.#least(rows, { [ERROR]: 1 })?.value ?? Number.POSITIVE_INFINITY;
  }

  #range(beside: readonly CellPlace[], objective: Terms | undefined, error: number): Range | undefined {
    const bound: Row = { terms: { [ERROR]: 1 }, max: error + SLACK };
    const ends = this.#regimes(beside).flatMap(({ rows, times }) => {
      const sought = objective ?? times[this.#cells.length]!;
      const all = [...rows, bound];
      return [optimise(all, sought, 'minimize'), optimise(all, sought, 'maximize')].filter(
        (end) => end !== undefined,
      );
    });
    if (ends.length === 0) return undefined;
    const values = ends.map(({ value }) => value * this.#unitS);
    return { low: Math.min(...values), high: Math.max(...values) };
  }

  #least(rows: readonly Row[], objective: Terms): Optimum | undefined {
    return this.#regimes([])
      .map((regime) => optimise([...regime.rows, ...rows], objective, 'minimize'))
      .filter((optimum) => optimum !== undefined)
      .reduce<Optimum | undefined>(
        (least, optimum) => (least === undefined || optimum.value < least.value ? optimum : least),
        undefined,
      );
  }

  /** Each cell is met up to the error. */
  #regimes(beside: readonly CellPlace[]) {
    return regimesOf([...this.#cells, ...beside], this.explanation).map(({ rows, times }) => ({
      times,
      rows: [...rows, ...this.#cells.flatMap((cell, place) => this.#met(cell, times[place]!))],
    }));
  }

  #met({ makespanS }: MeasuredCell, time: Terms): Row[] {
    const measured = makespanS / this.#unitS;
    return [
      { terms: { ...time, [ERROR]: -measured }, max: measured },
      { terms: { ...time, [ERROR]: measured }, min: measured },
    ];
  }
}
