/** How long a chart plays [s]. */
const PLAYS_S = 12;

/**
 * The drawing of a chart with the time at which each mark appears when it is played. Vega draws marks in the order of the
 * data; the page's style lets them appear once the box above the chart is ticked.
 * @param appearances by mark, as shares of the whole
 * @throws where the drawing has other marks than that
 */
export function playableDrawing(svg: string, appearances: readonly number[]): string {
  let mark = 0;
  const timed = svg.replace(/<g class="mark-rect role-mark[^>]*>.*?<\/g>/s, (group) =>
    group.replace(/<path /g, () => `<path style="animation-delay:${delayS(appearances[mark++])}s" `),
  );
  if (mark !== appearances.length)
    throw new Error(`the drawing has ${mark} marks, and ${appearances.length} were to appear`);
  return timed;
}

function delayS(appearance = 0): string {
  return (appearance * PLAYS_S).toFixed(2);
}
