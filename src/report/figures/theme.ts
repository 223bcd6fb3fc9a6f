/** Which colours letters of logos have: those of Logomaker's `classic`, or ones that colour-blind readers tell apart. */
export type Palette = 'classic' | 'colour-blind'

export const PALETTES: readonly Palette[] = ['classic', 'colour-blind']

interface Colours {
  readonly [name: string]: string
}

const LIGHT: Colours = {
  paper: '#ffffff',
  wash: '#f4f6f8',
  line: '#d5dbe1',
  soft: '#56616d',
  ink: '#15191d',
  link: '#0b5cad',
  // Okabe and Ito's colours, the darker ones first: they print, and colour-blind readers tell them apart.
  c0: '#0072b2',
  c1: '#d55e00',
  c2: '#00825f',
  c3: '#b14f86',
  c4: '#a67500',
  c5: '#3a8fc4',
  c6: '#6b6b00',
  c7: '#7a2f6d',
}

const DARK: Colours = {
  paper: '#13171b',
  wash: '#1b2127',
  line: '#343d46',
  soft: '#a3afba',
  ink: '#e9edf0',
  link: '#7cbcf5',
  c0: '#56b4e9',
  c1: '#f2884b',
  c2: '#35c295',
  c3: '#e39cc8',
  c4: '#e9b949',
  c5: '#9fd0f2',
  c6: '#c9c95a',
  c7: '#cf8fc4',
}

const LETTERS: { readonly [palette in Palette]: { readonly light: Colours; readonly dark: Colours } } = {
  classic: {
    light: { A: '#0a8537', C: '#1c4fd6', G: '#f29d0b', T: '#d6251f' },
    dark: { A: '#39c46c', C: '#6d9bff', G: '#ffbb3d', T: '#ff6b63' },
  },
  'colour-blind': {
    light: { A: '#009980', C: '#3d9fd8', G: '#e69b04', T: '#1a1a1a' },
    dark: { A: '#1fc7a8', C: '#59b3e6', G: '#f0b23a', T: '#e9edf0' },
  },
}

/** All colours of a scheme by name. */
export function coloursOf(scheme: 'light' | 'dark', palette: Palette): Colours {
  return { ...(scheme === 'light' ? LIGHT : DARK), ...LETTERS[palette][scheme] }
}

/** How many series have a colour and a shape of their own. */
export const SERIES = 8

/** Faces that a figure is set in: the reader's own, and what the package sets pictures in. */
export const FONT =
  "'Source Sans 3', 'Source Sans Pro', 'Segoe UI', 'Helvetica Neue', Helvetica, Arial, sans-serif"

/** Style of what is inside figures. Colours are variables: of the page, or put in for a figure by itself. */
export const FIGURE_STYLE = `
text { font-family: ${FONT}; font-size: 11px; fill: var(--ink); unicode-bidi: isolate; }
.tick { font-size: 10.5px; fill: var(--soft); font-variant-numeric: tabular-nums; }
.label { font-size: 11.5px; fill: var(--ink); }
.title { font-size: 12.5px; font-weight: 600; fill: var(--ink); }
.note { font-size: 10.5px; fill: var(--soft); }
.axis { stroke: var(--soft); stroke-width: 1; fill: none; }
.grid { stroke: var(--line); stroke-width: 0.75; fill: none; }
.zero { stroke: var(--soft); stroke-width: 1; fill: none; }
.unbeaten { stroke: var(--soft); stroke-width: 1.25; fill: none; }
.front { stroke: var(--soft); stroke-width: 1.25; stroke-dasharray: 4 3; fill: none; }
.bar { stroke-width: 1.25; fill: none; }
.dot { stroke: var(--paper); stroke-width: 0.75; }
.band { fill-opacity: 0.16; stroke: none; }
.curve { fill: none; stroke-width: 1.75; stroke-linejoin: round; }
.faint { fill: none; stroke-width: 1; stroke-opacity: 0.45; }
.lead { stroke: var(--soft); stroke-width: 0.6; stroke-opacity: 0.6; fill: none; }
.letters { font-size: 11px; letter-spacing: 0.04em; fill: var(--ink); }
.spot { stroke: var(--soft); stroke-opacity: 0.55; stroke-linecap: round; fill: none; }
.cells { image-rendering: pixelated; }
.heat { fill: var(--c0); }
.onheat { font-size: 10.5px; fill: var(--paper); }
.frame { fill: none; stroke: var(--line); stroke-width: 1; }
.halo { fill: none; stroke: #00000099; stroke-width: 2.6; }
.mark { fill: none; stroke: #ffffff; stroke-width: 1.3; }
.marked { font-size: 10px; font-weight: 600; fill: #ffffff; stroke: #00000099; stroke-width: 2.5px; paint-order: stroke; }
${Array.from({ length: SERIES }, (_, i) => `.s${i} { --s: ${i}; fill: var(--c${i}); stroke: var(--c${i}); }`).join('\n')}
.quiet { fill: var(--soft); stroke: var(--soft); }
.dot.s0, .dot.s1, .dot.s2, .dot.s3, .dot.s4, .dot.s5, .dot.s6, .dot.s7, .dot.quiet { stroke: var(--paper); }
.curve.s0, .curve.s1, .curve.s2, .curve.s3, .curve.s4, .curve.s5, .curve.s6, .curve.s7,
.faint, .bar { fill: none; }
.band { stroke: none; }
.A { fill: var(--A); } .C { fill: var(--C); } .G { fill: var(--G); } .T { fill: var(--T); }
`.replace(/ --s: \d;/g, '')

/** A style with its variables put in: renderers of SVG know none. */
export function resolveStyle(style: string, colours: Colours): string {
  return style.replace(/var\(--(\w+)\)/g, (_, name: string) => colours[name])
}

/** Declarations of the variables. */
export function variables(colours: Colours): string {
  return Object.entries(colours)
    .map(([name, value]) => `--${name}: ${value};`)
    .join(' ')
}
