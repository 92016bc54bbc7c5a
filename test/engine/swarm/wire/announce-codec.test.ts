import {
  array,
  assert,
  constantFrom,
  dictionary,
  integer,
  letrec,
  oneof,
  option,
  property,
  record,
  string,
  uint8Array,
} from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Encodable, encodeBencode } from '../../../../src/engine/bencode.ts';
import { announceUrl, decodeTrackerAnswer } from '../../../../src/engine/swarm/wire/announce-codec.ts';
import { FUZZ_TIMEOUT_MS, UNTIL_TIME_IS_UP } from '../../fuzzing.ts';
import { damaged, someBencoding } from '../../some-bencoding.ts';

const refusal = expect.objectContaining({ code: 'PROTOCOL' });

const anyInteger = integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }).map(
  (value) => value + 0,
);
const anyBytes = uint8Array({ maxLength: 40 });

/** What a tracker may put anywhere. */
const anyValue = letrec<{ value: Encodable }>((tie) => ({
  value: oneof(
    { maxDepth: 3 },
    anyInteger,
    anyBytes,
    string({ maxLength: 20 }),
    array(tie('value'), { maxLength: 3 }),
    dictionary(constantFrom('ip', 'port', 'peer id', 'x'), tie('value'), { maxKeys: 3 }).map(
      (entries) => new Map(Object.entries(entries)),
    ),
  ),
})).value;

/** Answers whose keys are the known ones, and whose values are anything, cut and bent at some places. */
const someAnswer = dictionary(
  constantFrom('interval', 'min interval', 'peers', 'peers6', 'tracker id', 'failure reason', 'complete'),
  anyValue,
).map((entries) => encodeBencode(new Map(Object.entries(entries))));

/** Reads it, or refuses it as what a remote has got wrong; nothing else may happen to the client. */
function readOrRefused(bytes: Uint8Array): void {
  try {
    const { intervalS, peers, trackerId } = decodeTrackerAnswer(bytes);
    expect(intervalS).toBeGreaterThanOrEqual(1);
    expect(intervalS).toBeLessThanOrEqual(3600);
    for (const peer of peers) expect(peer).toMatch(/:-?\d+$/);
    // No byte of an answer counts for more than one address.
    expect(peers.length).toBeLessThanOrEqual(bytes.length / 6);
    if (trackerId) expect(Buffer.from(bytes).includes(Buffer.from(trackerId))).toBe(true);
  } catch (error) {
    expect(error).toEqual(refusal);
  }
}

describe('the answer of a tracker', () => {
  it.each([
    ['bytes that look like bencoding', someBencoding],
    ['any values under the keys of an answer', someAnswer],
    ['an answer that was damaged on its way', damaged(someAnswer)],
  ])('is read or refused: %s', { timeout: FUZZ_TIMEOUT_MS }, (_what, bytes) => {
    assert(property(bytes, readOrRefused), UNTIL_TIME_IS_UP);
  });
});

describe('the question to a tracker', () => {
  const words = string({ unit: 'binary', maxLength: 20 });
  const anAnnouncement = record({
    infoHash: uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('hex')),
    peerId: uint8Array({ minLength: 20, maxLength: 20 }),
    port: integer({ min: 0, max: 65_535 }),
    leftBytes: integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
    downloadedBytes: integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
    wanted: integer({ min: 0, max: 200 }),
    event: constantFrom('started', 'completed', 'stopped', undefined),
    site: option(words, { nil: undefined }),
    ip: option(words, { nil: undefined }),
    lost: option(array(words, { maxLength: 3 }), { nil: undefined }),
    trackerId: option(anyBytes, { nil: undefined }),
  });

  it('says what it was made of and nothing else, whatever the words', { timeout: FUZZ_TIMEOUT_MS }, () => {
    assert(
      property(
        anAnnouncement,
        constantFrom('http://t/announce', 'http://t/announce?key=1'),
        (told, tracker) => {
          const url = announceUrl(tracker, told);
          const raw = new Map(
            url.search
              .slice(1)
              .split('&')
              .map((pair) => pair.split('=') as [string, string]),
          );
          const hexOf = (name: string) => raw.get(name)?.replaceAll('%', '').toLowerCase();
          expect(url.pathname).toBe('/announce');
          expect(url.hash).toBe('');
          expect(hexOf('info_hash')).toBe(told.infoHash);
          expect(hexOf('peer_id')).toBe(Buffer.from(told.peerId).toString('hex'));
          expect(raw.get('left')).toBe(String(told.leftBytes));
          expect(url.searchParams.get('site') ?? undefined).toBe(told.site);
          expect(url.searchParams.get('event') ?? undefined).toBe(told.event);
          expect(url.searchParams.get('ip') ?? '').toBe(told.ip ?? '');
          expect(url.searchParams.get('lost') ?? '').toBe((told.lost ?? []).join(','));
        },
      ),
      UNTIL_TIME_IS_UP,
    );
  });
});
