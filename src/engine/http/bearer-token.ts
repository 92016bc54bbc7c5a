import { timingSafeEqual } from 'node:crypto';

/**
 * Whether a header `Authorization` shows this token (RFC 6750, 2.1). Compared in a time that does not tell how much of it
 * was right.
 */
export function isBearerOf(authorization: string | undefined, token: string): boolean {
  const [given, wanted] = [Buffer.from(authorization ?? ''), Buffer.from(`Bearer ${token}`)];
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** The token that a header `Authorization` shows; undefined where it shows none. */
export function bearerToken(authorization: string | undefined): string | undefined {
  return /^Bearer (\S+)$/.exec(authorization ?? '')?.[1];
}
