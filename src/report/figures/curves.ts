import { axes, label, linear, logarithmic, formatWithError } from './axes.js'
import type { Figure } from './figure.js'
import { element, formatNumber, isolated, num, shortened } from '../markup.js'

/** A curve of one model. */
export interface Curve {
  readonly name: string
  readonly anchor: string
  readonly style: string
  readonly points: readonly { readonly x: number; readonly y: number; readonly se: number | null }[]
}

export interface CurvesOptions {
  readonly id: string
  readonly title: string
  readonly description: string
  readonly x: string
  readonly y: string
  readonly logarithmic: boolean
  readonly width?: number
  readonly height?: number
}

/** Curves that have a band of one standard error and a name at their end; of more, only lines and the names of the first. */
const BANDED = 8

/** Curves over one value, the first few named at their ends. */
export function curves(list: readonly Curve[], options: CurvesOptions): Figure {
  const { width = 440, height = 320 } = options
  const frame = { left: 58, right: width - 104, top: 12, bottom: height - 44 }
  const all = list.flatMap(({ points }) => points)
  const xs = all.map(({ x }) => x)
  const x = options.logarithmic
    ? logarithmic(xs, [frame.left, frame.right])
    : linear(xs, [frame.left, frame.right], { pad: 0, nice: false })
  const y = linear(
    all.flatMap(({ y, se }) => formatWithError(y, se ?? 0)),
    [frame.bottom, frame.top],
    { zero: true },
  )
  const parts = [axes(frame, x, y, { x: options.x, y: options.y })]
  for (const { points, style } of list.slice(0, BANDED)) {
    const sure = points.filter(({ se }) => se !== null)
    if (sure.length < 2) continue
    const upper = sure.map(({ x: at, y: value, se }) => `${num(x(at))} ${num(y(value + (se as number)))}`)
    const lower = sure.map(({ x: at, y: value, se }) => `${num(x(at))} ${num(y(value - (se as number)))}`)
    parts.push(
      element('path', { class: `band ${style}`, d: `M${[...upper, ...lower.toReversed()].join('L')}Z` }),
    )
  }
  for (const [i, { name, anchor, style, points }] of list.entries()) {
    if (points.length === 0) continue
    const d = `M${points.map(point => `${num(x(point.x))} ${num(y(point.y))}`).join('L')}`
    const last = points[points.length - 1]
    parts.push(
      element(
        'g',
        {
          class: 'tipped',
          'data-model': anchor,
          tabindex: 0,
          role: 'img',
          'aria-label': `${isolated(name)}: ${formatNumber(last.y)} at ${last.x}`,
          'data-tip': `${isolated(name)}\n${formatNumber(last.y)}${last.se === null ? '' : ` ± ${formatNumber(last.se)}`} at the end`,
        },
        element('path', { class: `${i < BANDED ? 'curve' : 'faint'} ${style}`, d }),
      ),
    )
  }
  const ends = list
    .slice(0, BANDED)
    .flatMap(({ name, points }) => {
      const last = points.at(-1)
      return last === undefined ? [] : [{ name, at: y(last.y), x: x(last.x) }]
    })
    .toSorted((a, b) => a.at - b.at)
  let free = Number.NEGATIVE_INFINITY
  for (const { name, at, x: end } of ends) {
    free = Math.max(free + 12, at)
    parts.push(label(end + 6, free + 3.5, shortened(name, 17), 'note'))
  }
  return {
    id: options.id,
    title: options.title,
    description: options.description,
    width,
    height,
    body: parts.join(''),
  }
}
