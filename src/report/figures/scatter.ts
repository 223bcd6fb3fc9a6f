import { axes, label, linear, formatWithError } from './axes.js'
import type { Figure } from './figure.js'
import { element, num, shortened } from '../markup.js'
import type { ModelView } from '../models.js'
import { colourClass, legend, modelPoint, type Strata } from './symbols.js'

export interface ScatterPoint {
  readonly model: ModelView
  readonly x: number
  readonly y: number
  /** Standard error of x; none where null. */
  readonly xError: number | null
  /** Standard error of y; none where null. */
  readonly se: number | null
  readonly tip: string
}

export interface ScatterOptions {
  readonly id: string
  readonly title: string
  readonly description: string
  readonly x: string
  readonly y: string
  readonly strata: Strata
  /** Models on the Pareto front, which are joined by a line and named. */
  readonly front?: ReadonlySet<string>
  /** Models that no other beats, errors taken into account, which have rings; they hold the front. */
  readonly unbeaten?: ReadonlySet<string>
}

const WIDTH = 440
const HEIGHT = 330
/** Radius of a ring: clear of the point in it. */
const RING = 8
/** Names next to points help as long as there are few. */
const MOST_NAMES = 14

/** Models as points of two values, with error bars of one standard error, the front, and rings round those that none beats. */
export function scatter(points: readonly ScatterPoint[], options: ScatterOptions): Figure {
  const { strata, front, unbeaten } = options
  const key = legend(strata, WIDTH - 70)
  const frame = { left: 58, right: WIDTH - 14, top: 14 + key.height, bottom: HEIGHT - 44 + key.height }
  const x = linear(
    points.flatMap(({ x, xError }) => formatWithError(x, xError ?? 0)),
    [frame.left, frame.right],
  )
  const y = linear(
    points.flatMap(({ y, se }) => formatWithError(y, se ?? 0)),
    [frame.bottom, frame.top],
    { zero: points.every(point => point.y >= 0) },
  )
  const parts = [
    element('g', { transform: `translate(${frame.left} 6)` }, key.body),
    axes(frame, x, y, { x: options.x, y: options.y }),
  ]
  const onFront = points.filter(({ model }) => front?.has(model.name)).toSorted((a, b) => a.x - b.x)
  if (onFront.length > 1) {
    parts.push(
      element('path', {
        class: 'front',
        d: onFront.map((point, i) => `${i === 0 ? 'M' : 'L'}${num(x(point.x))} ${num(y(point.y))}`).join(''),
      }),
    )
  }
  for (const { model, x: at, xError, y: value, se } of points) {
    const bars = [
      xError !== null && xError > 0 ? `M${num(x(at - xError))} ${num(y(value))}H${num(x(at + xError))}` : '',
      se !== null && se > 0 ? `M${num(x(at))} ${num(y(value - se))}V${num(y(value + se))}` : '',
    ].join('')
    if (bars !== '') parts.push(element('path', { class: `bar ${colourClass(strata, model.name)}`, d: bars }))
  }
  for (const { model, x: at, y: value } of points) {
    if (unbeaten?.has(model.name) !== true) continue
    parts.push(
      element('circle', {
        class: 'unbeaten',
        cx: num(x(at)),
        cy: num(y(value)),
        r: RING,
        'data-of': model.anchor,
      }),
    )
  }
  for (const point of points) parts.push(modelPoint(point.model, x(point.x), y(point.y), strata, point.tip))
  const named = points.length <= MOST_NAMES ? points : onFront
  parts.push(...placeNames(named, point => [x(point.x), y(point.y)], frame.right))
  return {
    id: options.id,
    title: options.title,
    description: options.description,
    width: WIDTH,
    height: HEIGHT + key.height,
    body: parts.join(''),
  }
}

/** Names next to their points if they hide no other name. */
function placeNames(
  points: readonly ScatterPoint[],
  placeOf: (point: ScatterPoint) => readonly [number, number],
  right: number,
): string[] {
  const taken: { left: number; right: number; y: number }[] = []
  const parts: string[] = []
  for (const point of points.toSorted((a, b) => b.y - a.y)) {
    const name = shortened(point.model.name, 26)
    const [x, y] = placeOf(point)
    const length = name.length * 5.6
    const leftwards = x + 8 + length > right
    const box = { left: leftwards ? x - 8 - length : x + 8, right: leftwards ? x - 8 : x + 8 + length, y }
    if (taken.some(other => Math.abs(other.y - y) < 11 && other.left < box.right && box.left < other.right))
      continue
    taken.push(box)
    parts.push(label(leftwards ? x - 8 : x + 8, y - 3, name, 'note', leftwards ? 'end' : 'start'))
  }
  return parts
}
