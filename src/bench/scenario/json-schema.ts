import { z } from 'zod';
import { scenarioSchema } from './schema.ts';

/** The JSON Schema (draft 2020-12) of scenario files, for editors. */
export function scenarioJsonSchema(): string {
  const schema = scenarioSchema(() => () => Number.NaN);
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return `${JSON.stringify({ title: 'Swarmboot scenario', ...json }, null, 2)}\n`;
}
