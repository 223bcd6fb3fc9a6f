import { coloursOf, FONT, type Palette, variables } from './figures/theme.js'

/** The style of the page: one column of text, figures side by side where there is room, tables that scroll by themselves. */
export function pageStyle(palette: Palette): string {
  return `
:root { color-scheme: light dark; ${variables(coloursOf('light', palette))} }
@media (prefers-color-scheme: dark) { :root { ${variables(coloursOf('dark', palette))} } }
@media print { :root { color-scheme: light; ${variables(coloursOf('light', palette))} } }

* { box-sizing: border-box; }
html { scroll-padding-top: 4rem; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 ${FONT}; }
a { color: var(--link); text-underline-offset: 0.15em; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--paper); padding: 0.5rem 1rem; z-index: 9; }
header, main, footer { max-width: 1440px; margin: 0 auto; padding: 0 clamp(1rem, 3vw, 3rem); }
header { padding-top: clamp(1.5rem, 4vw, 3.25rem); padding-bottom: 0.5rem; }
h1 { font-size: clamp(1.6rem, 3.2vw, 2.4rem); line-height: 1.15; letter-spacing: -0.015em; margin: 0 0 0.6rem; font-weight: 650; text-wrap: balance; }
h2 { font-size: 1.4rem; letter-spacing: -0.01em; margin: 0 0 0.35rem; font-weight: 650; }
h3 { font-size: 1.05rem; margin: 1.6rem 0 0.4rem; font-weight: 650; }
.lead { font-size: 1.1rem; color: var(--soft); max-width: 68ch; margin: 0; }
.verdict { font-size: 1.05rem; max-width: 74ch; margin: 0.8rem 0 0; padding-left: 1.2rem; }
.verdict li { margin: 0.2rem 0; }
.lead b { color: var(--ink); font-weight: 600; }
nav { position: sticky; top: 0; z-index: 5; background: var(--paper); border-bottom: 1px solid var(--line); }
nav ul { list-style: none; display: flex; gap: 0.15rem 1.25rem; overflow-x: auto; max-width: 1440px; margin: 0 auto; padding: 0.6rem clamp(1rem, 3vw, 3rem); scrollbar-width: thin; }
nav a { text-decoration: none; color: var(--soft); white-space: nowrap; font-size: 0.94rem; }
nav a:hover { color: var(--link); }
section { padding: 2.25rem 0 0.75rem; }
section + section { border-top: 1px solid var(--line); }
section > p, .hint, .about { max-width: 74ch; }
.about { color: var(--soft); margin: 0 0 1.1rem; }
.figures + .about { margin-top: 1.6rem; }
.hint { color: var(--soft); background: var(--wash); border-left: 3px solid var(--line); padding: 0.65rem 0.95rem; margin: 0.75rem 0; border-radius: 0 4px 4px 0; }
.hint code { overflow-wrap: anywhere; }
code { font: 0.86em/1.4 ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace; }
.figures { display: flex; flex-wrap: wrap; gap: 1.5rem 2.5rem; align-items: flex-start; }
.figures.small > figure { flex-basis: min(100%, 370px); max-width: 460px; }
.figures.triple { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 270px), 1fr)); }
.figures.triple > figure { max-width: none; }
.figures > figure { flex: 1 1 min(100%, 350px); max-width: 600px; }
figure { margin: 0; max-width: 100%; min-width: 0; break-inside: avoid; }
figure > .canvas { overflow-x: auto; }
figure svg { display: block; width: 100%; height: auto; overflow: visible; }
.figures > figure.wide { flex: 1 0 100%; max-width: 100%; }
figure.wide svg { width: 100%; min-width: 900px; }
figure.wide { content-visibility: auto; contain-intrinsic-size: auto 300px; }
figcaption { font-size: 0.86rem; color: var(--soft); max-width: 52ch; margin-top: 0.35rem; line-height: 1.45; }
figcaption b { color: var(--ink); font-weight: 600; overflow-wrap: anywhere; }
.tools { display: none; gap: 0.35rem; margin-top: 0.4rem; }
.scripted .tools { display: flex; }
.tools button { font: 600 0.74rem/1 ${FONT}; color: var(--soft); background: none; border: 1px solid var(--line); border-radius: 4px; padding: 0.32rem 0.55rem; cursor: pointer; }
.tools button:hover { color: var(--link); border-color: var(--link); }
.table { overflow-x: auto; margin: 0 0 0.25rem; border: 1px solid var(--line); border-radius: 6px; }
table { border-collapse: separate; border-spacing: 0; font-size: 0.875rem; width: 100%; font-variant-numeric: tabular-nums; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
th, td { padding: 0.38rem 0.75rem; text-align: left; vertical-align: baseline; white-space: nowrap; border-bottom: 1px solid var(--line); }
tbody tr:last-child > * { border-bottom: 0; }
thead th { font-weight: 600; color: var(--soft); background: var(--wash); }
.groups th { text-align: left; color: var(--ink); border-left: 1px solid var(--line); padding-bottom: 0.1rem; border-bottom: 0; }
.groups td { background: var(--wash); border-bottom: 0; }
.number { text-align: right; }
tbody th { font-weight: 600; white-space: normal; min-width: 16rem; max-width: 26rem; overflow-wrap: anywhere; background: var(--paper); }
.sortable tbody th { position: sticky; left: 0; }
tbody tr:hover > *, tbody tr.lit > * { background: var(--wash); }
tbody th a { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; }
.se { color: var(--soft); }
.few .more { display: none; }
a.term { color: inherit; text-decoration: underline dotted; }
a.term:hover { color: var(--link); }
dt:target, dt:target + dd { background: var(--wash); }
.scripted .heads th { cursor: pointer; }
.heads button { all: unset; cursor: pointer; }
.heads button:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
th[aria-sort] { color: var(--ink); }
th[aria-sort='ascending'] button::after { content: ' ▲'; font-size: 0.7em; }
th[aria-sort='descending'] button::after { content: ' ▼'; font-size: 0.7em; }
.point, .tipped { cursor: pointer; outline-offset: 1px; }
.tipped { cursor: default; }
.point:hover .dot, .point:focus-visible .dot, .point.lit .dot { stroke: var(--ink); stroke-width: 2; }
.dimmed .point:not(.lit), .dimmed .tipped[data-model]:not(.lit) { opacity: 0.25; }
.tip { position: absolute; z-index: 8; pointer-events: none; background: var(--ink); color: var(--paper); font-size: 0.8rem; line-height: 1.4; padding: 0.4rem 0.6rem; border-radius: 4px; white-space: pre-line; max-width: 20rem; overflow-wrap: anywhere; }
.tip[hidden] { display: none; }
details.model { border: 1px solid var(--line); border-radius: 6px; margin: 0 0 0.75rem; scroll-margin-top: 4rem; }
details.model > summary { cursor: pointer; padding: 0.65rem 0.95rem; font-weight: 600; overflow-wrap: anywhere; }
details.model[open] > summary { border-bottom: 1px solid var(--line); }
details.model > div { padding: 0.25rem 0.95rem 1.25rem; }
summary .gist { font-weight: 400; color: var(--soft); margin-left: 0.6rem; font-size: 0.9rem; }
.finds { list-style: none; padding: 0; margin: 0.4rem 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 250px), 1fr)); gap: 0.75rem; }
.find { border: 1px solid var(--line); border-radius: 6px; padding: 0.6rem 0.75rem 0.5rem; position: relative; min-width: 0; break-inside: avoid; }
.find svg { display: block; max-width: 100%; height: auto; }
.find p { margin: 0.1rem 0 0; font-size: 0.84rem; line-height: 1.4; overflow-wrap: anywhere; }
.find .place { position: absolute; top: 0.45rem; right: 0.6rem; color: var(--soft); font-size: 0.78rem; }
.find .motif span, .find .part { color: var(--soft); }
dl.facts { display: grid; grid-template-columns: minmax(8rem, max-content) minmax(0, 1fr); gap: 0.2rem 1.1rem; margin: 0.4rem 0 1rem; font-size: 0.9rem; }
dl.facts dt { color: var(--soft); }
dl.facts dd { margin: 0; overflow-wrap: anywhere; }
pre { background: var(--wash); padding: 0.8rem 1rem; border-radius: 6px; overflow-x: auto; font: 0.82rem/1.5 ui-monospace, Menlo, Consolas, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
.warnings { margin: 0.3rem 0; padding-left: 1.1rem; font-size: 0.9rem; }
.warnings li::marker { color: var(--c1); }
footer { color: var(--soft); font-size: 0.86rem; padding-top: 1.5rem; padding-bottom: 2.5rem; }
@media (max-width: 560px) { figure:not(.wide) .tick { font-size: 13px; } figure:not(.wide) .label, figure:not(.wide) .title { font-size: 13.5px; } figure:not(.wide) .note { font-size: 12.5px; }
  .table { margin-inline: -0.25rem; } tbody th { min-width: 8.5rem; max-width: 9.5rem; } details.model > div { padding-inline: 0.6rem; } dl.facts { grid-template-columns: minmax(0, 1fr); } dl.facts dd { margin-bottom: 0.35rem; } }
@media (min-width: 1900px) { body { font-size: 17px; } header, main, footer, nav ul { max-width: 1840px; } }
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
@page { margin: 14mm; }
@media print {
  html { font-size: 9.5pt; }
  body { font-size: 1rem; }
  .figures:not(.triple) > figure:not(.wide) { flex: 0 1 46%; max-width: 46%; }
  .finds { grid-template-columns: repeat(3, 1fr); }
  figure.wide { content-visibility: visible; }
  nav, .tools, .skip, .tip { display: none !important; }
  .summary section:not(#models, #consistency, #generalisation) { display: none; }
  .summary .about, .summary figcaption, .summary footer { display: none; }
  .summary section { padding: 0.4rem 0; }
  .summary .figures:not(.triple) > figure:not(.wide) { flex-basis: 40%; max-width: 40%; }
  .few .more { display: none; }
  header, main, footer { max-width: none; padding: 0; }
  section { padding: 1rem 0 0.4rem; }
  .table { border: 0; overflow: visible; }
  table { font-size: 6.6pt; }
  th, td { padding: 0.15rem 0.28rem; }
  .sortable thead th { white-space: normal; }
  tbody th { min-width: 0; }
  details.model { border: 0; }
  a { color: inherit; text-decoration: none; }
  h2, h3, summary { break-after: avoid; }
  .figures.triple { grid-template-columns: repeat(3, 1fr); gap: 0.75rem; }
  figure svg { max-width: 100%; }
  figure.wide svg { min-width: 0; }
}
`
}
