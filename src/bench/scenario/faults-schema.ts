import { z } from 'zod';
import { settings } from '../../settings/group.ts';
import type { Fields } from './field.ts';

/** Something that goes wrong, or somebody who comes late. Times count from the start of the transfer. */
export function faultSchema(fields: Fields) {
  const copies = 'allowed is a number of copies of the image above zero, such as `1.1`';
  const at = () => fields.seconds().describe('time after the start of the transfer');
  return z.union(
    [
      settings({
        kill: fields
          .count('machines')
          .describe('machines that lose their power: the last of those that do not join'),
        at: at(),
        back: fields
          .positiveSeconds()
          .optional()
          .describe('time until it is powered on again; default: never'),
      }),
      settings({
        fail: fields
          .share()
          .refine((share) => share > 0 && share < 1, { error: 'allowed is a share above 0 and below 1' })
          .describe('share of machines that die by chance in the time `per`, while the transfer runs'),
        per: fields.positiveSeconds().describe('time in which so many die'),
        back: fields
          .positiveSeconds()
          .optional()
          .describe('time until such a machine is powered on again; default: never'),
      }),
      settings({
        join: fields.count('machines').describe('machines that are powered on later: those that come last'),
        at: at(),
      }),
      settings({
        slow: fields.count('machines').describe('machines with a slow link: those that came first'),
        to: fields.rate().describe('their link rate, both directions'),
        at: fields.seconds().default(0).describe('time after the start of the transfer'),
        for: fields.positiveSeconds().optional().describe('how long; default: for good'),
      }),
      settings({
        cut: z
          .union([fields.count('machines'), z.literal('server')], {
            error: 'allowed is a whole number of machines, from 1 up, or `server`',
          })
          .describe('whose cable is out: that of the server, or of the machines that came first'),
        at: at(),
        for: fields.positiveSeconds().describe('how long the cable is out'),
      }),
      settings({
        stop: z
          .literal('server', { error: 'allowed is `server` or `tracker`' })
          .describe('the server with all its services is killed, and started again with what is on its disk'),
        at: at(),
        for: fields.positiveSeconds().describe('time until it is started again'),
      }),
      settings({
        stop: z
          .literal('tracker', { error: 'allowed is `server` or `tracker`' })
          .describe('nobody hears of others any more; everything else goes on'),
        at: at(),
      }),
      settings({
        full: fields
          .count('machines')
          .describe('machines whose disk is full too early: those that came first'),
        after: fields.bytes().describe('bytes that such a disk takes'),
      }),
      settings({
        corrupt: fields
          .share()
          .refine((share) => share > 0 && share < 1, { error: 'allowed is a share above 0 and below 1' })
          .describe('share of pieces that arrive with a wrong hash, by chance, and are fetched again'),
      }),
      settings({
        seederLeaves: z
          .number({ error: copies })
          .positive({ error: copies })
          .describe(
            'copies of the image that leave the server before its peer goes for good; the tracker stays',
          ),
      }),
    ],
    {
      error:
        'allowed is `{kill: 2, at: 30 s}`, `{join: 2, at: 30 s}`, `{slow: 1, to: 5 Mbit/s}`, `{cut: 1, at: 30 s, for: 20 s}`, `{stop: server, at: 30 s, for: 10 s}`, `{full: 1, after: 1 GiB}`, `{corrupt: 0.1 %}`, `{fail: 1 %, per: 1 min}` or `{seederLeaves: 1.1}`',
    },
  );
}

/** A fault as read. */
export type Fault = z.output<ReturnType<typeof faultSchema>>;
