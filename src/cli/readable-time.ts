/** `2026-11-26 21:04:07 UTC` of RFC 3339 in UTC. */
export function readableTime(stamp: string): string {
  return stamp.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC');
}
