/** Text that stands for itself in HTML and SVG, in an element or in a quoted attribute. */
export function escape(text: string): string {
  return visible(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}

/** Characters that cannot be seen or turn the direction of others: controls, marks of direction, lone surrogates. */
const UNSEEN =
  // oxlint-disable-next-line no-control-regex -- that is the point
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ue000\ue001\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/** Names and ids are anybody's text: what cannot be seen is shown by its code, `\u202e`, so that nothing can hide. */
export function visible(text: string): string {
  return text.replace(UNSEEN, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Stand for the marks about a name until it is escaped: no text that is shown holds them. */
const ISOLATE = '\ue000'
const END = '\ue001'

/** A name inside an attribute, its direction kept to itself. */
export function isolated(name: string): string {
  return `${ISOLATE}${visible(name)}${END}`
}

/** A name inside a text: an element that keeps its direction to itself. */
export function named(name: string): string {
  return `<bdi>${escape(name)}</bdi>`
}

type Value = string | number | undefined

/** Attributes of an element, values escaped; those that are undefined are left out. Numbers keep two places. */
export function attributes(values: { readonly [name: string]: Value }): string {
  return Object.entries(values)
    .map(([name, value]) => {
      if (value === undefined) return ''
      return ` ${name}="${typeof value === 'number' ? num(value) : escapeIsolated(value)}"`
    })
    .join('')
}

/** Escapes, keeps the ends of a tip's lines, and puts the marks of `isolated` in. */
function escapeIsolated(text: string): string {
  return text
    .split(new RegExp(`([\\n${ISOLATE}${END}])`))
    .map((part, i) => (i % 2 === 0 ? escape(part) : MARKS[part]))
    .join('')
}

const MARKS: { readonly [stand: string]: string } = { '\n': '&#10;', [ISOLATE]: '\u2068', [END]: '\u2069' }

/** An element with attributes and content that is markup already. */
export function element(
  name: string,
  values: { readonly [name: string]: Value },
  ...content: readonly string[]
): string {
  const inner = content.join('')
  return inner === '' && VOID.has(name)
    ? `<${name}${attributes(values)}/>`
    : `<${name}${attributes(values)}>${inner}</${name}>`
}

/** Elements that are written `<x/>` where they are empty. */
const VOID = new Set(['path', 'line', 'rect', 'circle', 'use', 'br', 'meta', 'image'])

/** A coordinate: two places at most. */
export function num(value: number): string {
  const rounded = Math.round(value * 100) / 100
  return Object.is(rounded, -0) ? '0' : String(rounded)
}

/** A value for people: `digits` decimals, a true minus, a dash for none. */
export function formatNumber(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–'
  return value.toFixed(digits).replace('-', '−')
}

/** A whole number with thin spaces between thousands. */
export function formatInteger(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–'
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, '\u202f')
}

/** A name cut to this many characters, what is cut out shown by an ellipsis. */
export function shortened(name: string, most: number): string {
  const characters = Array.from(visible(name))
  if (characters.length <= most) return characters.join('')
  const half = Math.floor((most - 1) / 2)
  return `${characters.slice(0, half).join('')}…${characters.slice(half + 1 - most).join('')}`
}
