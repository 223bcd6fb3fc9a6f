import { element } from './markup.js'

/**
 * Outlines of the four letters in a box 100 wide and 100 high, y downwards, filling it to its borders so that heights are
 * true. Drawn for this: no font is needed, and none is on every machine.
 */
const OUTLINES: { readonly [letter: string]: readonly (readonly (readonly number[] | string)[])[] } = {
  A: [
    [
      'M',
      [0, 100],
      'L',
      [38, 0],
      'L',
      [62, 0],
      'L',
      [100, 100],
      'L',
      [77, 100],
      'L',
      [69, 77],
      'L',
      [31, 77],
      'L',
      [23, 100],
      'Z',
    ],
    ['M', [37, 60], 'L', [63, 60], 'L', [50, 21], 'Z'],
  ],
  C: [
    [
      'M',
      [100, 66],
      'C',
      [96, 88, 79, 100, 53, 100],
      'C',
      [20, 100, 0, 80, 0, 50],
      'C',
      [0, 20, 20, 0, 53, 0],
      'C',
      [79, 0, 96, 12, 100, 34],
      'L',
      [77, 37],
      'C',
      [74, 23, 66, 16, 53, 16],
      'C',
      [34, 16, 23, 28, 23, 50],
      'C',
      [23, 72, 34, 84, 53, 84],
      'C',
      [66, 84, 74, 77, 77, 63],
      'Z',
    ],
  ],
  G: [
    [
      'M',
      [100, 34],
      'C',
      [96, 12, 79, 0, 53, 0],
      'C',
      [20, 0, 0, 20, 0, 50],
      'C',
      [0, 80, 20, 100, 53, 100],
      'C',
      [73, 100, 89, 94, 100, 84],
      'L',
      [100, 47],
      'L',
      [54, 47],
      'L',
      [54, 63],
      'L',
      [78, 63],
      'L',
      [78, 75],
      'C',
      [72, 81, 63, 84, 53, 84],
      'C',
      [34, 84, 23, 72, 23, 50],
      'C',
      [23, 28, 34, 16, 53, 16],
      'C',
      [66, 16, 74, 23, 77, 37],
      'Z',
    ],
  ],
  T: [
    [
      'M',
      [0, 0],
      'L',
      [100, 0],
      'L',
      [100, 18],
      'L',
      [61, 18],
      'L',
      [61, 100],
      'L',
      [39, 100],
      'L',
      [39, 18],
      'L',
      [0, 18],
      'Z',
    ],
  ],
}

/** Letters are narrower than their place by this share, so that they do not touch. */
const GAP = 0.06

/** Paths are in whole numbers of this part of a unit: small files, and finer than a screen. */
const FINE = 4

/** Letters lower than this many units are drawn as bars: their shape cannot be seen, and 100 models have many of them. */
const LEAST_LETTER = 2.4

/** Path of a letter in the box from (x, y) on, so wide and so high; a height below 0 stands it on its head. */
function letterPath(letter: string, x: number, y: number, width: number, height: number): string {
  if (Math.abs(height) < LEAST_LETTER) {
    const [left, top] = [Math.round(FINE * x), Math.round(FINE * y)]
    const [across, down] = [Math.round(FINE * width), Math.round(FINE * (y + height)) - top]
    return down === 0 ? '' : `M${joined([left, top])}h${across}v${down}h${-across}z`
  }
  let path = ''
  let atX = 0
  let atY = 0
  for (const piece of OUTLINES[letter]) {
    let command = 'Z'
    for (const part of piece) {
      if (typeof part === 'string') {
        command = part
        if (part === 'Z') path += 'z'
        continue
      }
      // Every point is rounded where it lies, then told by its distance from the end of the part before.
      const points = part.map((value, i) =>
        Math.round(FINE * (i % 2 === 0 ? x + (value / 100) * width : y + (value / 100) * height)),
      )
      if (command === 'M') path += `M${joined(points)}`
      else
        path += relative(
          command,
          points.map((value, i) => value - (i % 2 === 0 ? atX : atY)),
        )
      atX = points[points.length - 2]
      atY = points[points.length - 1]
    }
  }
  return path
}

/** A command by distances, in its shortest form. */
function relative(command: string, steps: readonly number[]): string {
  const [dx, dy] = steps
  if (command === 'L' && dy === 0) return dx === 0 ? '' : `h${dx}`
  if (command === 'L' && dx === 0) return `v${dy}`
  return command.toLowerCase() + joined(steps)
}

/** Whole numbers with no more between them than is needed. */
function joined(numbers: readonly number[]): string {
  return numbers.map((value, i) => (i === 0 || value < 0 ? String(value) : ` ${value}`)).join('')
}

export interface LogoOptions {
  /** Units of a position. */
  readonly step: number
  /** Units of a height of 1. */
  readonly scale: number
  /** Letters lower than this many units are left out: they cannot be seen. */
  readonly least?: number
}

/**
 * A logo in the manner of Logomaker: at every position the letters with heights above 0 stand on the line, the largest on
 * top, and those below 0 hang from it, the largest lowest and on their heads. The line is at y = 0.
 *
 * @param heights Heights of A, C, G and T by position.
 */
export function logo(heights: readonly (readonly number[])[], options: LogoOptions): string {
  const { step, scale, least = 0.6 } = options
  const paths: { [letter: string]: string } = { A: '', C: '', G: '', T: '' }
  for (const [i, column] of heights.entries()) {
    const x = (i + GAP / 2) * step
    const width = (1 - GAP) * step
    const order = [0, 1, 2, 3].toSorted((a, b) => Math.abs(column[a]) - Math.abs(column[b]))
    let up = 0
    let down = 0
    for (const base of order) {
      const height = Math.abs(column[base]) * scale
      if (!(height > 0)) continue
      const letter = 'ACGT'[base]
      if (column[base] > 0) {
        up += height
        if (height >= least) paths[letter] += letterPath(letter, x, -up, width, height)
      } else {
        down += height
        if (height >= least) paths[letter] += letterPath(letter, x, down, width, -height)
      }
    }
  }
  const letters = Object.entries(paths).map(([letter, d]) =>
    d === '' ? '' : element('path', { class: letter, d }),
  )
  return element('g', { transform: `scale(${1 / FINE})` }, ...letters)
}

/** Heights of a sequence logo: each base's share times the information of its position, 2 - H in bits. */
export function informationHeights(counts: readonly (readonly number[])[]): number[][] {
  return counts.map(column => {
    const total = column.reduce((sum, count) => sum + count, 0)
    if (!(total > 0)) return [0, 0, 0, 0]
    const shares = column.map(count => count / total)
    const bits = 2 + shares.reduce((sum, share) => sum + (share > 0 ? share * Math.log2(share) : 0), 0)
    return shares.map(share => share * bits)
  })
}
