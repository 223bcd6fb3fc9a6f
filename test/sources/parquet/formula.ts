/** What the files hold, by the formulas of files/make.py. */

export const ROWS = 18

type Nested = unknown[]

/** ((7919 i mod 2003) - 1001) / 256, but -0 where i mod 101 is 5. */
export function number(i: number): number {
  return i % 101 === 5 ? -0 : (((7919 * i) % 2003) - 1001) / 256
}

function integer(i: number): number {
  return (7919 * i) % 128
}

function flag(i: number): number {
  return (7919 * i) % 3 === 0 ? 1 : 0
}

export function length(r: number): number {
  return 1 + ((5 * r) % 7)
}

export function sequence(r: number): string {
  return Array.from({ length: length(r) }, (_, i) => 'ACGTN'[(3 * r + 7 * i + i * i) % 5]).join('')
}

/** Row by row `width` values for each position, or `width` in all; values are counted through the column. */
export function lists(
  width: number,
  value: (i: number) => number = number,
  { perRow = false, rows = ROWS } = {},
): number[][] {
  let i = 0
  return Array.from({ length: rows }, (_, r) =>
    Array.from({ length: perRow ? width : width * length(r) }, () => value(i++)),
  )
}

export function nested(rows: number[][], inner: number): number[][][] {
  return rows.map(row =>
    Array.from({ length: row.length / inner }, (_, j) => row.slice(inner * j, inner * j + inner)),
  )
}

const each = <T>(value: (r: number) => T): T[] => Array.from({ length: ROWS }, (_, r) => value(r))

/** The columns of the files of the matrix, but those of types that are not read. */
export const TABLE: Readonly<Record<string, Nested>> = {
  id: each(r => `seq${r}`),
  sequence: each(sequence),
  bytes: each(sequence),
  fixed_bytes: each(r => String(r).padStart(8, '0')),
  model: each(r => `model${r % 2}`),
  list_f32: lists(4),
  list_f64: lists(4),
  list_f16: lists(4),
  list_i8: lists(4, integer),
  list_u16: lists(1, integer),
  list_i64: lists(1, integer),
  list_bool: lists(4, flag),
  nested_f32: nested(lists(4), 4),
  nested_bool: nested(lists(4, flag), 4),
  list_fsl4: nested(lists(4), 4),
  fsl_f32: lists(12, number, { perRow: true }),
  fsl_fsl4: nested(lists(12, integer, { perRow: true }), 4),
  a: lists(1),
  i8: each(r => integer(r) - 64),
  u8: each(r => integer(r) + 128),
  i16: each(r => 0 - 250 * integer(r)),
  u16: each(r => 500 * integer(r)),
  i32: each(r => 0 - 1e7 * integer(r)),
  u32: each(r => 3e7 * integer(r)),
  i64: each(r => 0 - 1e13 * integer(r)),
  u64: each(r => 1e13 * integer(r)),
  f16: each(number),
  f32: each(number),
  f64: each(number),
  bool: each(flag),
}

/** Columns of types that are not read. */
export const OTHERS = ['struct', 'list_text', 'deep']

const flat = lists(8, number, { perRow: true })
const square = nested(lists(12, number, { perRow: true }), 4)

/** By r mod 6: 1 a null row, 2 an empty list, 3 a null in it, 4 (of nested ones) a null list in it, 5 an empty one. */
export const HOLES: Readonly<Record<string, Nested>> = {
  id: each(r => (r % 6 === 1 ? null : `seq${r}`)),
  f32: each(r => (r % 6 === 1 ? null : number(r))),
  bool: each(r => (r % 6 === 1 ? null : flag(r))),
  list_f32: each(r => row(r, flat[r])),
  nested_f32: each(r => (r % 6 === 5 ? [[], square[r][1]] : deep(r, square[r]))),
  list_fsl4: each(r => deep(r, square[r])),
  fsl_f32: each(r => (r % 6 === 2 ? flat[r] : row(r, flat[r]))),
  fsl_fsl4: each(r => {
    const [first, second, third] = square[r]
    if (r % 6 === 3) return [first, [null, ...second.slice(1)], third]
    return r % 6 === 1 ? null : r % 6 === 4 ? [first, null, third] : square[r]
  }),
}

export function row(r: number, values: number[]): (number | null)[] | null {
  if (r % 6 === 1) return null
  return r % 6 === 2 ? [] : r % 6 === 3 ? [values[0], null, ...values.slice(2)] : values
}

function deep(r: number, values: number[][]): unknown[] | null {
  const [first, [head, , ...tail]] = values
  if (r % 6 === 1) return null
  if (r % 6 === 3) return [first, [head, null, ...tail], ...values.slice(2)]
  return r % 6 === 2 ? [] : r % 6 === 4 ? [first, null] : values
}

/** What a reader makes of rows with nulls: zeros for them, of fixed lengths where `lengths` has them, and the state. */
export function withoutNulls(
  rows: Nested,
  lengths: readonly (number | 'list')[],
): { rows: Nested; states: number[] } {
  const states: number[] = []
  const fill = (value: unknown, depth: number): unknown => {
    if (Array.isArray(value)) return value.map(inner => fill(inner, depth + 1))
    if (value !== null) return value
    states[states.length - 1] = depth === 0 ? 1 : 2
    return blank(depth)
  }
  const blank = (depth: number): unknown => {
    if (depth === lengths.length) return 0
    const n = lengths[depth]
    return n === 'list' ? [] : Array.from({ length: n }, () => blank(depth + 1))
  }
  const filled = rows.map(value => {
    states.push(0)
    return fill(value, 0)
  })
  return { rows: filled, states }
}
