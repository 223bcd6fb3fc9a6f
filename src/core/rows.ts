import type { Cell, CellKind, Row } from './table.js'

/** A cell as a column of its kind has it: NaN and infinities are null. Errors: `TypeError`, for a cell of another kind. */
export function cellOf(name: string, kind: CellKind, cell: Cell | undefined): Cell {
  if (cell === null || cell === undefined) return null
  const fits =
    kind === 'text'
      ? typeof cell === 'string'
      : kind === 'flag'
        ? typeof cell === 'boolean'
        : kind === 'whole'
          ? Number.isSafeInteger(cell)
          : typeof cell === 'number'
  if (!fits) throw new TypeError(`column ${name} is of kind ${kind}, found ${JSON.stringify(cell)}`)
  return kind === 'real' && !Number.isFinite(cell) ? null : cell
}

/** The same rows in arrays of `size`, the last one shorter. */
export async function* inGroups(
  batches: AsyncIterable<readonly Row[]>,
  size: number,
): AsyncGenerator<readonly Row[]> {
  let group: Row[] = []
  for await (const rows of batches) {
    for (const row of rows) {
      group.push(row)
      if (group.length === size) {
        yield group
        group = []
      }
    }
  }
  if (group.length > 0) yield group
}
