/** A typed array that can be grown. */
type Values = Float64Array | Int32Array | Uint8Array;

/**
 * Elements that an array has at first where it grows with a simulation. So few that it is exchanged for a longer one before
 * much has happened: what V8 has compiled takes a field that was never assigned for a constant, and is thrown away
 * together with all that calls it when this turns out to be wrong.
 */
export const FIRST_LENGTH = 2;

/** A copy of twice the length; what is new is zero. */
export function grown<Kind extends Values>(values: Kind): Kind {
  const longer = new (values.constructor as new (length: number) => Kind)(values.length * 2);
  longer.set(values);
  return longer;
}
