import { scaleLinear, scaleLog } from 'd3-scale'
import { element, escape, num } from '../markup.js'

/** A scale from data to a picture, with the values that are written along it. */
export interface Scale {
  (value: number): number
  readonly ticks: readonly { readonly value: number; readonly text: string }[]
}

/** A linear scale whose ends are round, 0 in it where asked for; a lone value lies in the middle. */
export function linear(
  values: readonly number[],
  range: readonly [number, number],
  {
    zero = false,
    count = 5,
    pad = 0.05,
    nice = true,
  }: { zero?: boolean; count?: number; pad?: number; nice?: boolean } = {},
): Scale {
  const known = values.filter(Number.isFinite)
  let low = Math.min(...known, ...(zero ? [0] : []))
  let high = Math.max(...known, ...(zero ? [0] : []))
  if (!(low <= high)) [low, high] = [0, 1]
  if (low === high) [low, high] = low === 0 ? [0, 1] : [low - Math.abs(low) / 10, high + Math.abs(high) / 10]
  const room = (high - low) * pad
  const scale = scaleLinear([low === 0 && zero ? 0 : low - room, high === 0 && zero ? 0 : high + room], range)
  if (nice) scale.nice(count)
  const format = scale.tickFormat(count)
  return Object.assign((value: number) => scale(value), {
    ticks: scale.ticks(count).map(value => ({ value, text: format(value) })),
  })
}

/** The ends of an error bar, as far as an axis must show them: no bar of a value of 0 or more asks for values below 0. */
export function formatWithError(value: number, error: number): [number, number] {
  return [value >= 0 ? Math.max(0, value - error) : value - error, value + error]
}

/** A logarithmic scale of values above 0, with powers of ten written along it (and their doubles and fives where there are few). */
export function logarithmic(values: readonly number[], range: readonly [number, number]): Scale {
  const known = values.filter(value => value > 0 && Number.isFinite(value))
  let low = Math.min(...known)
  let high = Math.max(...known)
  if (!(low <= high)) [low, high] = [1, 10]
  if (low === high) [low, high] = [low / 2, high * 2]
  const scale = scaleLog([low / 1.15, high * 1.15], range)
  const chosen = tickValues(low / 1.15, high * 1.15)
  return Object.assign((value: number) => scale(value), {
    ticks: chosen.map(value => ({ value, text: powerText(value) })),
  })
}

/** Powers of ten where there are three; else those of 1, 2 and 5 times them, and 1 to 9 times them where these are few. */
function tickValues(low: number, high: number): number[] {
  const multiples = (factors: readonly number[]) => {
    const values: number[] = []
    for (let e = Math.floor(Math.log10(low)); e <= Math.ceil(Math.log10(high)); e++) {
      for (const factor of factors) {
        const value = Number(`${factor}e${e}`)
        if (value >= low && value <= high) values.push(value)
      }
    }
    return values
  }
  for (const factors of [[1], [1, 3], [1, 2, 5], [1, 2, 3, 5]]) {
    const values = multiples(factors)
    if (values.length >= 3) return values
  }
  return multiples([1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9])
}

function round(value: number): number {
  return Math.round(value * 1e9) / 1e9
}

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹'

function powerText(value: number): string {
  if (value >= 0.01 && value < 100_000)
    return value >= 1000 ? value.toLocaleString('en') : String(round(value))
  const exponent = Math.floor(round(Math.log10(value)))
  const digits = Array.from(String(Math.abs(exponent)), digit => SUPERSCRIPTS[Number(digit)]).join('')
  const mantissa = round(value / 10 ** exponent)
  return `${mantissa === 1 ? '' : `${mantissa}×`}10${exponent < 0 ? '⁻' : ''}${digits}`
}

export interface Frame {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** Lines, ticks and labels of two axes about a frame. */
export function axes(
  frame: Frame,
  x: Scale,
  y: Scale,
  labels: { readonly x: string; readonly y: string },
): string {
  const { left, right, top, bottom } = frame
  const parts: string[] = []
  const rows = y.ticks.filter(({ value }) => inside(y(value), top, bottom))
  const columns = x.ticks.filter(({ value }) => inside(x(value), left, right))
  parts.push(
    element('path', {
      class: 'grid',
      d:
        rows.map(({ value }) => `M${num(left)} ${num(y(value))}H${num(right)}`).join('') +
        columns.map(({ value }) => `M${num(x(value))} ${num(top)}V${num(bottom)}`).join(''),
    }),
    element('path', { class: 'axis', d: `M${num(left)} ${num(top)}V${num(bottom)}H${num(right)}` }),
  )
  for (const { value, text } of rows) parts.push(label(left - 6, y(value) + 3.5, text, 'tick', 'end'))
  for (const { value, text } of columns) parts.push(label(x(value), bottom + 15, text, 'tick', 'middle'))
  parts.push(label((left + right) / 2, bottom + 33, labels.x, 'label', 'middle'))
  const middle = (top + bottom) / 2
  parts.push(
    element(
      'text',
      {
        class: 'label',
        'text-anchor': 'middle',
        transform: `translate(${num(left - 40)} ${num(middle)}) rotate(-90)`,
      },
      escape(labels.y),
    ),
  )
  return parts.join('')
}

function inside(place: number, one: number, other: number): boolean {
  return place >= Math.min(one, other) - 0.01 && place <= Math.max(one, other) + 0.01
}

/** A text at a place. */
export function label(
  x: number,
  y: number,
  text: string,
  style: string,
  anchor: 'start' | 'middle' | 'end' = 'start',
): string {
  return element(
    'text',
    { x, y, class: style, 'text-anchor': anchor === 'start' ? undefined : anchor },
    escape(text),
  )
}
