import type { Column, TextColumn } from '../columns/column.js'
import { DataError } from '../../core/errors.js'
import type { Body, Piece } from './body.js'
import { decodeDictionaryColumn } from './dictionary-column.js'
import { decodeNumbers } from './numbers.js'
import type { ArrowColumn } from './schema.js'
import { type Decoding, nodePlace, type Slice } from './slice.js'
import { decodeText } from './text.js'

/** Every column advances by one step at a time, so that what they all need next is read together. */
export async function decodeTogether<T>(
  body: Body,
  slice: Slice,
  decodings: readonly Decoding<T>[],
): Promise<T[]> {
  const results: T[] = []
  let waiting = decodings.map((decoding, at) => ({ decoding, at }))
  while (waiting.length > 0) {
    const pieces: Piece[] = []
    waiting = waiting.filter(({ decoding, at }) => {
      const step = decoding.next()
      if (step.done === true) results[at] = step.value
      else for (const piece of step.value) pieces.push(piece)
      return step.done !== true
    })
    if (pieces.length > 0) await body.load(pieces, slice.arena)
  }
  return results
}

/** The columns of some rows of a record batch; `dictionary` gives the dictionary of an id as the batch sees it. */
export async function decodeColumns(
  body: Body,
  slice: Slice,
  columns: readonly ArrowColumn[],
  dictionary: (id: number) => TextColumn,
): Promise<ReadonlyMap<string, Column>> {
  const decodings = columns.map((column): Decoding<Column> => {
    const { reading } = column
    const place = nodePlace(column, slice.layout)
    const length = slice.layout.lengths[place.node]
    if (length !== slice.layout.rows) {
      throw new DataError(
        'damaged',
        `column ${column.field.name} has ${length} rows in a batch of ${slice.layout.rows}; write the file again`,
      )
    }
    if (reading.kind === 'numbers') return decodeNumbers(slice, place, reading)
    if (reading.kind === 'text') return decodeText(slice, place, reading.form)
    if (reading.kind === 'dictionary') {
      return decodeDictionaryColumn(slice, place, reading, dictionary(reading.id))
    }
    throw new DataError('column', `column ${column.field.name} is ${column.field.declared}; convert it`)
  })
  const decoded = await decodeTogether(body, slice, decodings)
  return new Map(decoded.map((column, i) => [columns[i].field.name, column]))
}
