import {
  symbol,
  symbolCircle,
  symbolCross,
  symbolDiamond,
  symbolSquare,
  symbolStar,
  symbolTriangle,
  symbolWye,
} from 'd3-shape'
import { element, escape, isolated, shortened } from '../markup.js'
import { SERIES } from './theme.js'

const SHAPES = [
  symbolCircle,
  symbolSquare,
  symbolTriangle,
  symbolDiamond,
  symbolCross,
  symbolStar,
  symbolWye,
].map(type => symbol(type, 64)() ?? '')

/** What distinguishes the models of a figure: a value that has a colour, and one that has a shape. */
export interface Strata {
  readonly colour: (model: string) => string
  readonly shape: (model: string) => string
  readonly colours: readonly string[]
  readonly shapes: readonly string[]
}

/** Every model alike. */
export const ALIKE: Strata = { colour: () => '', shape: () => '', colours: [''], shapes: [''] }

/** Class of a stratum's colour; strata beyond the eighth are grey. */
export function colourClass(strata: Strata, model: string): string {
  const i = strata.colours.indexOf(strata.colour(model))
  return i >= 0 && i < SERIES ? `s${i}` : 'quiet'
}

function shapeOf(strata: Strata, model: string): string {
  return SHAPES[Math.max(0, strata.shapes.indexOf(strata.shape(model))) % SHAPES.length]
}

/** The point of a model: a link to what is said of it, with a tip. */
export function modelPoint(
  model: { readonly name: string; readonly anchor: string },
  x: number,
  y: number,
  strata: Strata,
  tip: string,
): string {
  return element(
    'a',
    {
      href: `#${model.anchor}`,
      class: 'point',
      'data-model': model.anchor,
      'data-tip': `${isolated(model.name)}\n${tip}`,
      'aria-label': `${isolated(model.name)}: ${tip.replaceAll('\n', ', ')}`,
      transform: `translate(${x.toFixed(2)} ${y.toFixed(2)})`,
    },
    element('circle', { r: 9, fill: 'transparent', stroke: 'none' }),
    element('path', {
      class: `dot ${colourClass(strata, model.name)}`,
      d: shapeOf(strata, model.name),
    }),
  )
}

/** Symbols of the strata with their names, from left to right, broken into lines. */
export function legend(strata: Strata, width: number): { readonly body: string; readonly height: number } {
  const entries: { text: string; style: string; shape: string }[] = []
  if (strata.colours.length > 1) {
    for (const [i, text] of strata.colours.entries())
      entries.push({ text, style: i < SERIES ? `s${i}` : 'quiet', shape: SHAPES[0] })
  }
  if (strata.shapes.length > 1) {
    for (const [i, text] of strata.shapes.entries())
      entries.push({ text, style: 'quiet', shape: SHAPES[i % SHAPES.length] })
  }
  let x = 0
  let y = 0
  const parts: string[] = []
  for (const { text, style, shape } of entries) {
    const name = shortened(text === '' ? '(none)' : text, 24)
    const taken = 26 + name.length * 6.2
    if (x > 0 && x + taken > width) {
      x = 0
      y += 17
    }
    parts.push(
      element('path', { class: `dot ${style}`, d: shape, transform: `translate(${x + 6} ${y + 6})` }),
      element('text', { x: x + 16, y: y + 10, class: 'note' }, escape(name)),
    )
    x += taken
  }
  return { body: parts.join(''), height: entries.length === 0 ? 0 : y + 20 }
}
