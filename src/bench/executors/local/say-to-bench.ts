/**
 * Says something to the bench that has started this process. What it does not hear because it is gone is
 * no error here: the process learns of that by `disconnect`, and clears up.
 * @param said is called when the bench can hear it, and also when it never will
 */
export function sayToBench<Report>(report: Report, said: () => void = () => {}): void {
  process.send?.(report, said);
}
