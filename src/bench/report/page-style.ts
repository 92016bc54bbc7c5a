/** Style of the HTML report: light and dark, phone and paper. Charts keep a white ground in the dark. */
export const PAGE_STYLE = `:root {
  --ground: #fbfbfa; --card: #ffffff; --ink: #1f2328; --soft: #5b636d; --line: #dcdfe3; --stripe: #f4f5f6; --link: #0b5cad;
}
@media (prefers-color-scheme: dark) {
  :root { --ground: #15181c; --card: #1c2025; --ink: #e4e7ea; --soft: #a0a8b1; --line: #353b43; --stripe: #22272d; --link: #7ab7ff; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.55 'DejaVu Sans', system-ui, sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 2.5rem 1.5rem 4rem; }
h1 { font-size: clamp(1.45rem, 1.1rem + 1.6vw, 2.1rem); line-height: 1.25; margin: 0 0 1rem; text-wrap: balance; }
h2 { font-size: 1.2rem; margin: 2.75rem 0 0.9rem; }
.introduction { color: var(--soft); max-width: 72ch; margin: 0 0 0.8rem; }
.summary { font-size: 1.05rem; max-width: 72ch; margin: 0; }
code { font: 0.9em 'DejaVu Sans Mono', ui-monospace, monospace; }
.note, figcaption { color: var(--soft); font-size: 0.86rem; max-width: 88ch; }
.table { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; background: var(--card); }
table { border-collapse: collapse; width: 100%; font-size: 0.86rem; font-variant-numeric: tabular-nums; }
th, td { padding: 0.45rem 0.75rem; text-align: left; vertical-align: top; }
td { white-space: nowrap; }
td.long { white-space: normal; overflow-wrap: anywhere; min-width: 16rem; }
th { font-weight: 600; color: var(--soft); border-bottom: 1px solid var(--line); vertical-align: bottom; }
.number { text-align: right; }
tbody tr:nth-child(even) { background: var(--stripe); }
figure { margin: 0 0 1.75rem; }
.chart { background: #ffffff; border: 1px solid var(--line); border-radius: 8px; padding: 0.5rem; }
.chart svg { display: block; width: 100%; max-width: 700px; height: auto; margin: 0 auto; }
figcaption { margin-top: 0.6rem; }
.play { display: block; color: #333333; font-size: 0.86rem; padding: 0.3rem 0.6rem 0; cursor: pointer; }
.play:has(:checked) ~ svg .mark-rect path { animation: arrive 0.2s backwards; }
@keyframes arrive { from { opacity: 0; } }
@media screen and (min-width: 1000px) {
  figure { display: grid; grid-template-columns: minmax(0, 760px) 1fr; gap: 1.25rem; align-items: start; }
  figcaption { margin-top: 0.4rem; }
}
.files { display: block; margin-top: 0.5rem; }
.files a { margin-right: 0.7rem; }
a { color: var(--link); }
li { margin: 0.3rem 0; max-width: 88ch; }
details { margin: 0.75rem 0; }
summary { cursor: pointer; color: var(--link); padding: 0.25rem 0; }
details > .table { margin-top: 0.5rem; }
pre { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 0.9rem; font: 0.8rem/1.5 'DejaVu Sans Mono', monospace; }
@media (max-width: 600px) {
  main { padding: 1.25rem 0.9rem 3rem; }
  th, td { padding: 0.4rem 0.55rem; }
  .chart { padding: 0; margin: 0 -0.4rem; }
}
@media print {
  :root { --ground: #ffffff; --card: #ffffff; --ink: #000000; --soft: #333333; --line: #bbbbbb; --stripe: #f4f4f4; --link: #000000; }
  html { font-size: 10.5px; }
  body { font-size: 1rem; }
  td { white-space: normal; }
  th, td { padding: 0.3rem 0.5rem; }
  main { max-width: none; padding: 0; }
  figure, tr { break-inside: avoid; }
  h2 { break-after: avoid; }
  .table { overflow: visible; }
  .chart svg { max-width: 480px; }
  .files, .play { display: none; }
}
`;
