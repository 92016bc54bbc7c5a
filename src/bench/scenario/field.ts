import { z } from 'zod';
import {
  BYTES,
  BYTES_PER_SECOND,
  parseShare,
  type QuantityKind,
  type QuantityParser,
  SECONDS,
  SHARE_ALLOWED,
} from '../../settings/quantity.ts';

/** The kinds of values that scenario settings are made of. */
export type Fields = ReturnType<typeof fieldsOf>;

/** @param parserOf reads quantities; it is called only when a value is validated */
export function fieldsOf(parserOf: (kind: QuantityKind) => QuantityParser) {
  const quantity = (kind: QuantityKind) =>
    z
      .string({ error: `allowed is ${kind.allowed}` })
      .meta({ examples: kind.examples })
      .transform(parsed((text) => parserOf(kind)(text), kind.allowed));
  const positive = (kind: QuantityKind) =>
    quantity(kind).refine((value) => value > 0, { error: `allowed is ${kind.allowed}, above zero` });
  return {
    /** Bytes, above zero. */
    bytes: () => positive(BYTES),
    /** Bytes per second, above zero; `unlimited` is Infinity. */
    rate: () => positive(BYTES_PER_SECOND),
    /** Seconds, zero allowed. */
    seconds: () => quantity(SECONDS),
    /** Seconds, above zero. */
    positiveSeconds: () => positive(SECONDS),
    /** 0 to 1. */
    share: () =>
      z
        .union([z.string(), z.number()], { error: `allowed is ${SHARE_ALLOWED}` })
        .transform(parsed(parseShare, SHARE_ALLOWED)),
    /** A whole number from 1 up. */
    count: (of: string) => {
      const error = `allowed is a whole number of ${of}, from 1 up`;
      return z.int({ error }).min(1, { error });
    },
  };
}

/** Runs a parser that throws RangeErrors as a zod transformation. */
function parsed<Input>(parse: (input: Input) => number, allowed: string) {
  return (input: Input, context: z.RefinementCtx): number => {
    try {
      return parse(input);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      context.addIssue({ code: 'custom', message: `${error.message}; allowed is ${allowed}` });
      return z.NEVER;
    }
  };
}
