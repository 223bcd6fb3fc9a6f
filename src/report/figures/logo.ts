import { element } from '../markup.js'

/**
 * Outlines of the four letters, as paths of SVG in a box 100 wide and 100 high, y downwards, filling it to its borders so
 * that heights are true. Drawn for this: no font is needed, and none is on every machine.
 */
const OUTLINES: { readonly [letter: string]: string } = {
  A: 'M0 100L38 0L62 0L100 100L77 100L69 77L31 77L23 100ZM37 60L63 60L50 21Z',
  C: 'M100 66C96 88 79 100 53 100C20 100 0 80 0 50C0 20 20 0 53 0C79 0 96 12 100 34L77 37C74 23 66 16 53 16C34 16 23 28 23 50C23 72 34 84 53 84C66 84 74 77 77 63Z',
  G: 'M100 34C96 12 79 0 53 0C20 0 0 20 0 50C0 80 20 100 53 100C73 100 89 94 100 84L100 47L54 47L54 63L78 63L78 75C72 81 63 84 53 84C34 84 23 72 23 50C23 28 34 16 53 16C66 16 74 23 77 37Z',
  T: 'M0 0L100 0L100 18L61 18L61 100L39 100L39 18L0 18Z',
}

/** The parts of each letter: a command and the coordinates after it. */
const PARTS = Object.fromEntries(
  Object.entries(OUTLINES).map(([letter, outline]) => [
    letter,
    Array.from(outline.matchAll(/([MLCZ])([\d ]*)/g), ([, command, values]) => {
      return [command, values === '' ? [] : values.split(' ').map(Number)] as const
    }),
  ]),
)

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
    return down === 0 ? '' : `M${joinNumbers([left, top])}h${across}v${down}h${-across}z`
  }
  let path = ''
  let atX = 0
  let atY = 0
  for (const [command, values] of PARTS[letter]) {
    if (command === 'Z') {
      path += 'z'
      continue
    }
    // Every point is rounded where it lies, then told by its distance from the end of the part before.
    const points = values.map((value, i) =>
      Math.round(FINE * (i % 2 === 0 ? x + (value / 100) * width : y + (value / 100) * height)),
    )
    if (command === 'M') path += `M${joinNumbers(points)}`
    else
      path += relative(
        command,
        points.map((value, i) => value - (i % 2 === 0 ? atX : atY)),
      )
    atX = points[points.length - 2]
    atY = points[points.length - 1]
  }
  return path
}

/** A command by distances, in its shortest form. */
function relative(command: string, steps: readonly number[]): string {
  const [dx, dy] = steps
  if (command === 'L' && dy === 0) return dx === 0 ? '' : `h${dx}`
  if (command === 'L' && dx === 0) return `v${dy}`
  return command.toLowerCase() + joinNumbers(steps)
}

/** Whole numbers with no more between them than is needed. */
function joinNumbers(numbers: readonly number[]): string {
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
