import { badRecord, DataError } from '../../core/errors.js'
import type { TypedArray } from '../../core/types.js'
import type { Axes } from './axes.js'
import type { NumberColumn, Offsets } from '../columns/column.js'
import { doubles, floats } from '../../kernels/kernels.js'
import { decodeHalves, halfTable } from '../../kernels/float16.js'

/** Values of one row, L x 4 numbers in position-major order: a view into the column where it can be, else a copy. */
export type Matrix = Float32Array | Float64Array

function bound(offsets: Offsets, i: number): number {
  return typeof offsets === 'number' ? i * offsets : offsets[i]
}

/** The numbers of a flat list. */
export function listAt(column: NumberColumn, row: number): ArrayLike<number> {
  const [offsets] = column.levels
  const values = column.values.subarray(bound(offsets, row), bound(offsets, row + 1))
  if (column.element !== 'float16') return values
  const half = halfTable()
  return Float32Array.from(values, bits => half[bits])
}

/** How many numbers a row has, over all levels of nesting. */
export function valuesIn({ levels }: NumberColumn, row: number): number {
  let start = row
  let end = row + 1
  for (const offsets of levels) {
    start = bound(offsets, start)
    end = bound(offsets, end)
  }
  return end - start
}

/** Reads the L x 4 matrix of a row of a column, the rows of one file; the answer is valid until the next row is read. */
export class MatrixReader {
  private readonly identity: boolean
  // Room for whole eights, where kernels reach it.
  private scratch = floats(0)
  private wide = doubles(0)

  /**
   * @param what Name of the column, for messages.
   * @param axes As declared; where it is undefined the nested shape of each row must tell.
   * @param channels Channel of each base.
   */
  constructor(
    private readonly what: string,
    private readonly axes: Axes | undefined,
    private readonly channels: readonly [number, number, number, number],
  ) {
    this.identity = channels.every((channel, base) => channel === base)
  }

  /** Length L of the row's matrix, where the column tells it without the sequence. */
  length(column: NumberColumn, row: number): number {
    const { start, end } = this.locate(column, row)
    if ((end - start) % 4 !== 0) {
      throw badRecord(
        'shape',
        `${this.what} has ${end - start} values, expected a multiple of 4; dump the row again`,
      )
    }
    return (end - start) / 4
  }

  read(column: NumberColumn, row: number, length: number): Matrix {
    const { start, end, axes } = this.locate(column, row)
    if (end - start !== 4 * length) {
      throw badRecord(
        'length',
        `${this.what} has ${end - start} values, expected 4·L = ${4 * length}; dump map and sequence of the same window`,
      )
    }
    const { channels } = this
    const { values, element } = column
    const isAsRead = axes === 'L4' && this.identity
    if (isAsRead && (element === 'float32' || element === 'float64')) {
      return (values as Matrix).subarray(start, end)
    }
    const matrix = this.scratchFor(element, 4 * length)
    if (isAsRead && element === 'float16') {
      decodeHalves(values, start, matrix as Float32Array)
      return matrix
    }
    const lookup = element === 'float16' ? halfTable() : undefined
    const [channel, step] = axes === 'L4' ? [1, 4] : [length, 1]
    for (let base = 0; base < 4; base++) {
      copy(values, lookup, start + channels[base] * channel, step, matrix, base, length)
    }
    return matrix
  }

  private scratchFor(element: NumberColumn['element'], size: number): Matrix {
    if (element === 'float64') {
      if (this.wide.length < size) this.wide = doubles(size)
      return this.wide.length === size ? this.wide : this.wide.subarray(0, size)
    }
    if (this.scratch.length < size) this.scratch = floats((size + 7) & ~7)
    return this.scratch.length === size ? this.scratch : this.scratch.subarray(0, size)
  }

  /** First and last value of the row, and how its axes lie. */
  private locate(column: NumberColumn, row: number): { start: number; end: number; axes: Axes } {
    const { what, axes } = this
    const [outer, inner] = column.levels
    const first = bound(outer, row)
    const last = bound(outer, row + 1)
    if (inner === undefined) {
      if (axes === undefined) throw undeclared(what)
      return { start: first, end: last, axes }
    }
    return {
      start: bound(inner, first),
      end: bound(inner, last),
      axes: nestedAxes(what, axes, inner, first, last),
    }
  }
}

function copy(
  values: TypedArray,
  lookup: Float32Array | undefined,
  start: number,
  step: number,
  matrix: Matrix,
  base: number,
  length: number,
): void {
  if (lookup === undefined) {
    for (let i = 0, from = start, to = base; i < length; i++, from += step, to += 4) matrix[to] = values[from]
  } else {
    for (let i = 0, from = start, to = base; i < length; i++, from += step, to += 4)
      matrix[to] = lookup[values[from]]
  }
}

/** Axes of a nested row: `first` to `last` are its inner lists. */
function nestedAxes(
  what: string,
  declared: Axes | undefined,
  inner: Offsets,
  first: number,
  last: number,
): Axes {
  const rows = last - first
  if (rows === 0) return declared ?? 'L4'
  const columns = bound(inner, first + 1) - bound(inner, first)
  if (typeof inner !== 'number') {
    for (let j = first; j < last; j++) {
      if (inner[j + 1] - inner[j] !== columns) {
        throw badRecord(
          'shape',
          `${what} has inner lists of ${columns} and of ${inner[j + 1] - inner[j]} values, expected all of one length; dump the row again`,
        )
      }
    }
  }
  if (declared === 'L4' && columns === 4) return 'L4'
  if (declared === '4L' && rows === 4) return '4L'
  if (declared !== undefined) {
    throw new DataError(
      'axes',
      `${what} is ${rows} x ${columns}, against the declared axes ${declared}; declare the axes that the data has`,
    )
  }
  if (columns === 4 && rows !== 4) return 'L4'
  if (rows === 4 && columns !== 4) return '4L'
  throw new DataError(
    'axes',
    rows === 4
      ? `${what} is 4 x 4, which fits both axis orders; give --axes L4 or --axes 4L`
      : `${what} is ${rows} x ${columns}, expected four channels on one axis`,
  )
}

function undeclared(what: string): DataError {
  return new DataError(
    'axes',
    `${what} is a flat list of unknown axis order; declare it with file metadata attrstream.axes, or with --axes L4 (position by channel) or --axes 4L (channel by position)`,
  )
}
