import { z } from 'zod';

/** An object whose unknown keys are mistakes that name what is allowed. */
export function settings<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, { error: keysAllowed(Object.keys(shape)) });
}

/** Words about an unknown key, for the error of a schema that has keys. */
export function keysAllowed(keys: readonly string[]) {
  const allowed = keys.map((key) => `\`${key}\``).join(', ');
  return ({ code }: { readonly code: string }) =>
    code === 'unrecognized_keys' ? `allowed are ${allowed}` : undefined;
}

/** `unicast:` with nothing behind it means all defaults. */
export function orNothing<Shape extends z.core.$ZodShape>(schema: z.ZodObject<Shape, z.core.$strict>) {
  return schema.nullable().transform((value) => value ?? schema.parse({}));
}
