import { z } from 'zod';
import type { Fields } from './field.ts';
import { settings } from './settings.ts';

/** Something that goes wrong, or somebody who comes late. Times count from the start of the transfer. */
export function faultSchema(fields: Fields) {
  const copies = 'allowed is a number of copies of the image above zero, such as `1.1`';
  const at = () => fields.seconds().describe('time after the start of the transfer');
  const back = (who: string) =>
    fields.positiveSeconds().optional().describe(`time after which ${who} again; default: never`);
  return z.union(
    [
      settings({
        kill: fields
          .count('machines')
          .describe('machines that lose their power: the last of those that do not join'),
        at: at(),
        back: back('they are powered on'),
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
          .enum(['server', 'tracker'], { error: 'allowed is `server` or `tracker`' })
          .describe('which program is killed: all of the server, or its tracker alone'),
        at: at(),
        back: back('it is started'),
      }),
      settings({
        fullDisk: fields
          .count('machines')
          .describe('machines whose disk takes no more: those that came first'),
        after: fields.share().describe('share of the image that it takes'),
      }),
      settings({
        corrupt: fields
          .count('machines')
          .describe('machines that spoil what they send: those that came first'),
        share: fields.share().describe('share of their pieces that do not match their hash'),
      }),
      settings({
        failEvery: fields
          .positiveSeconds()
          .describe('mean time until a machine loses its power, by chance (exponential), for each by itself'),
        back: back('it is powered on'),
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
        'allowed is `{kill: 2, at: 30 s}`, `{join: 2, at: 30 s}`, `{slow: 1, to: 5 Mbit/s}`, `{cut: 1, at: 30 s, for: 20 s}`, `{stop: server, at: 30 s}`, `{fullDisk: 1, after: 50 %}`, `{corrupt: 1, share: 10 %}`, `{failEvery: 1 h}` or `{seederLeaves: 1.1}`',
    },
  );
}

/** A fault as read. */
export type Fault = z.output<ReturnType<typeof faultSchema>>;
