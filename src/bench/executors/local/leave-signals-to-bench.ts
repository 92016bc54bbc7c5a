const TO_THE_GROUP = ['SIGINT', 'SIGHUP'] as const;

/**
 * Ctrl-C and the end of a terminal or of an ssh session go to the whole process group; the bench decides what becomes of
 * its children, and these notice by `disconnect` when it is gone.
 */
export function leaveSignalsToBench(): void {
  for (const signal of TO_THE_GROUP) process.on(signal, () => {});
}
