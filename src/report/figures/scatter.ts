import { axes, type Frame, label, linear, formatWithError } from './axes.js'
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
  const placeOf = (point: ScatterPoint): Place => ({ x: x(point.x), y: y(point.y) })
  parts.push(...placeNames(named, points.map(placeOf), placeOf, frame))
  return {
    id: options.id,
    title: options.title,
    description: options.description,
    width: WIDTH,
    height: HEIGHT + key.height,
    body: parts.join(''),
  }
}

interface Place {
  readonly x: number
  readonly y: number
}

/** Where a name may stand by its point, the best first: how far its baseline begins, and which end of it. */
const SIDES = [
  { dx: 8, dy: -3, anchor: 'start' },
  { dx: -8, dy: -3, anchor: 'end' },
  { dx: 8, dy: 11, anchor: 'start' },
  { dx: -8, dy: 11, anchor: 'end' },
  { dx: 0, dy: -11, anchor: 'middle' },
  { dx: 0, dy: 19, anchor: 'middle' },
] as const
/** How far a point reaches that a name must not cover. */
const REACH = 5

/** Names by their points, where they cover no other name, no point and no axis; those without such a place are left out, and in the tip. */
function placeNames(
  points: readonly ScatterPoint[],
  places: readonly Place[],
  placeOf: (point: ScatterPoint) => Place,
  frame: Frame,
): string[] {
  const taken: Frame[] = places.map(({ x, y }) => ({
    left: x - REACH,
    right: x + REACH,
    top: y - REACH,
    bottom: y + REACH,
  }))
  return points
    .toSorted((a, b) => b.y - a.y)
    .flatMap(point => {
      const name = shortened(point.model.name, 26)
      const { x, y } = placeOf(point)
      const length = name.length * 5.6
      for (const { dx, dy, anchor } of SIDES) {
        const left = x + dx - (anchor === 'start' ? 0 : anchor === 'end' ? length : length / 2)
        const box = { left, right: left + length, top: y + dy - 8, bottom: y + dy + 2 }
        if (box.left < frame.left || box.right > frame.right || box.top < 0 || box.bottom > frame.bottom)
          continue
        if (taken.some(other => overlap(other, box))) continue
        taken.push(box)
        return [label(x + dx, y + dy, name, 'note', anchor)]
      }
      return []
    })
}

function overlap(a: Frame, b: Frame): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}
