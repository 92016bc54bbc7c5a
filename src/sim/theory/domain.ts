/** Arguments by the name that the caller knows them by. */
type Arguments = Readonly<Record<string, number>>;

/**
 * Whole numbers such as machines, pieces or packets.
 * @throws RangeError that names field, value and what is allowed; so do all guards of this file
 */
export function requireWhole(given: Arguments, least = 1): void {
  const isAllowed = (value: number) => Number.isSafeInteger(value) && value >= least;
  requireEach(given, isAllowed, `a whole number from ${least} up`);
}

/** Sizes [byte], times [s] and rates that have to be known: finite and above 0. */
export function requirePositive(given: Arguments): void {
  requireEach(given, (value) => value > 0 && value < Infinity, 'a finite number above 0');
}

/** Link rates [byte/s]: above 0, Infinity stands for no limit. */
export function requireRate(given: Arguments): void {
  requireEach(given, (value) => value > 0, 'a number above 0, or Infinity for no limit');
}

/** Link rates of many machines [byte/s]; messages name the index, such as `upBps[3]`. */
export function requireRates(field: string, rates: readonly number[]): void {
  requireWhole({ [`${field}.length`]: rates.length });
  // Of ten million rates a name each would take a minute.
  const wrong = rates.findIndex((rate) => !(rate > 0));
  if (wrong !== -1) requireRate({ [`${field}[${wrong}]`]: rates[wrong]! });
}

/** Waits and other times or quantities that may be nothing: finite, 0 or more. */
export function requireNonNegative(given: Arguments): void {
  requireEach(given, (value) => value >= 0 && value < Infinity, 'a finite number from 0 up');
}

/** Packet loss: at 1 nothing would ever arrive. */
export function requireLoss(given: Arguments): void {
  requireEach(given, (value) => value >= 0 && value < 1, 'a share from 0 to below 1');
}

/** Shares that may be all or nothing. */
export function requireShare(given: Arguments): void {
  requireEach(given, (value) => value >= 0 && value <= 1, 'a share from 0 to 1');
}

/** Refuses a value that fits its own range but not its neighbours. */
export function reject(given: Arguments, allowed: string): never {
  const named = Object.entries(given).map(([field, value]) => `${field} is ${value}`);
  throw new RangeError(`${named.join(', ')}: allowed is ${allowed}`);
}

function requireEach(given: Arguments, isAllowed: (value: number) => boolean, allowed: string): void {
  for (const [field, value] of Object.entries(given)) {
    if (!isAllowed(value)) reject({ [field]: value }, allowed);
  }
}
