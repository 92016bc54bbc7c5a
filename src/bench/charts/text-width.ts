/** Advances of DejaVu Sans in shares of the font size, by kind of letter; the font's own `hmtx` table, averaged. */
const ADVANCES: readonly (readonly [letters: RegExp, advance: number])[] = [
  [/[ijlI.,:;'|! ()[\]]/, 0.34],
  [/[frt/-]/, 0.39],
  [/[mwMW%@]/, 0.95],
  [/[A-Z]/, 0.69],
  [/[0-9]/, 0.64],
];
const OTHER_ADVANCE = 0.61;

/** DejaVu Sans Bold against DejaVu Sans, the same words. */
export const BOLD_WIDTH = 1.14;

/**
 * About how wide a text is [px], within a twentieth for the words of our charts. Vega without a canvas takes 0.8 of
 * the font size for every letter, which leaves wide empty margins.
 */
export function textWidthPx(text: string, fontSizePx: number): number {
  const shares = [...text].map(
    (letter) => ADVANCES.find(([letters]) => letters.test(letter))?.[1] ?? OTHER_ADVANCE,
  );
  return fontSizePx * shares.reduce((sum, share) => sum + share, 0);
}
