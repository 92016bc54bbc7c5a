import { solve } from 'yalps';

/** A sum of unknowns, each times a number. No unknown is negative. */
export type Terms = Readonly<Record<string, number>>;

/** What a sum of unknowns must be. */
export interface Row {
  readonly terms: Terms;
  readonly min?: number;
  readonly max?: number;
}

/** The end of a search: what the objective can be at most or at least, and unknowns with which it is that. */
export interface Optimum {
  readonly value: number;
  readonly unknowns: Terms;
}

/** Deviations below this are rounding: the sizes of the problems here are around 1. */
const PRECISION = 1e-9;

/** The extreme of a sum of unknowns under these rows, or undefined where no unknowns satisfy them. */
export function optimise(
  rows: readonly Row[],
  objective: Terms,
  direction: 'minimize' | 'maximize',
): Optimum | undefined {
  const names = new Set([...rows.flatMap(({ terms }) => Object.keys(terms)), ...Object.keys(objective)]);
  const { status, result, variables } = solve(
    {
      direction,
      objective: 'objective',
      constraints: new Map(rows.map(({ min, max }, row) => [`row ${row}`, boundsOf(min, max)])),
      variables: new Map(
        [...names].map((name) => [
          name,
          new Map([
            ...rows.map(({ terms }, row) => [`row ${row}`, terms[name] ?? 0] as const),
            ['objective', objective[name] ?? 0] as const,
          ]),
        ]),
      ),
    },
    { precision: PRECISION },
  );
  if (status === 'unbounded')
    return {
      value: direction === 'minimize' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY,
      unknowns: {},
    };
  if (status !== 'optimal') return undefined;
  return { value: result, unknowns: Object.fromEntries(variables) };
}

function boundsOf(min: number | undefined, max: number | undefined) {
  return { ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
}
