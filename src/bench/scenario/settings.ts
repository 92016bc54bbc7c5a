import { z } from 'zod';

/** An object whose unknown keys are mistakes that name what is allowed. */
export function settings<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const allowed = Object.keys(shape).map((key) => `\`${key}\``);
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? `allowed are ${allowed.join(', ')}` : undefined),
  });
}

/** `unicast:` with nothing behind it means all defaults. */
export function orNothing<Shape extends z.core.$ZodShape>(schema: z.ZodObject<Shape, z.core.$strict>) {
  return schema.nullable().transform((value) => value ?? schema.parse({}));
}
