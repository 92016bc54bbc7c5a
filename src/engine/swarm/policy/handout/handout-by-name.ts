import { chain } from './chain-handout.ts';
import type { Handout } from './handout.ts';
import { random } from './random-handout.ts';
import { regular } from './regular-handout.ts';
import { sites } from './sites-handout.ts';

/** The handouts by the names that scenarios give them. */
export const HANDOUTS = { random, regular, sites, chain } satisfies Readonly<Record<string, Handout>>;
export type HandoutName = keyof typeof HANDOUTS;
