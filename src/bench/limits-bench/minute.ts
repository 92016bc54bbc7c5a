const MINUTE_MS = 60_000;
/** Before and after the change, so that no entry of a timetable begins or ends meanwhile [min]. */
const AROUND = 10;

/** Times of a timetable around a full minute, `HH:MM` of local time. */
export interface DayAround {
  readonly begin: string;
  readonly change: string;
  readonly end: string;
  /** The full minute, since the epoch [ms]. */
  readonly changeMs: number;
  /** From now to the moment that is so long before it [ms]. */
  readonly waitMs: number;
}

/** @param leadMs what has to happen before the full minute takes so long */
export function dayAround(now: Date, leadMs: number): DayAround {
  const changeMs = Math.ceil((now.getTime() + leadMs) / MINUTE_MS) * MINUTE_MS;
  const at = (minutes: number): string => clockTime(new Date(changeMs + minutes * MINUTE_MS));
  return {
    ...{ begin: at(-AROUND), change: at(0), end: at(AROUND), changeMs },
    waitMs: changeMs - leadMs - now.getTime(),
  };
}

function clockTime(moment: Date): string {
  const [hours, minutes] = [moment.getHours(), moment.getMinutes()].map((part) =>
    String(part).padStart(2, '0'),
  );
  return `${hours}:${minutes}`;
}
