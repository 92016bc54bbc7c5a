/** A typed array that can be grown. */
type Values = Float64Array | Int32Array | Uint8Array;

/** A copy of twice the length; what is new is zero. */
export function grown<Kind extends Values>(values: Kind): Kind {
  const longer = new (values.constructor as new (length: number) => Kind)(values.length * 2);
  longer.set(values);
  return longer;
}
