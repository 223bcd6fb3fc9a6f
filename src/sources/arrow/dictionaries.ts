import type { TextColumn } from '../columns/column.js'
import { DataError } from '../../core/errors.js'
import { Arena } from './arena.js'
import type { Body } from './body.js'
import { decodeTogether } from './decode.js'
import type { Layout } from './messages.js'
import type { ArrowColumn } from './schema.js'
import { decodeText } from './text.js'
import type { Footprint, TextForm } from './shape.js'

/** What a dictionary batch of text holds. */
export const DICTIONARY_FOOTPRINT: Record<TextForm, Footprint> = {
  offsets32: { nodes: 1, buffers: 3, views: 0 },
  offsets64: { nodes: 1, buffers: 3, views: 0 },
  views: { nodes: 1, buffers: 2, views: 1 },
}

/** The dictionary of which nothing came. */
export const NO_TEXTS: TextColumn = {
  kind: 'text',
  bytes: new Uint8Array(0),
  offsets: new Int32Array(1),
  nulls: undefined,
}

/** The ids and forms of the dictionaries that those columns need. */
export function dictionaryForms(columns: readonly ArrowColumn[]): Map<number, TextForm> {
  const forms = new Map<number, TextForm>()
  for (const { reading } of columns) if (reading.kind === 'dictionary') forms.set(reading.id, reading.form)
  return forms
}

/** The texts of one dictionary batch, in memory of their own. */
export async function decodeDictionary(body: Body, layout: Layout, form: TextForm): Promise<TextColumn> {
  const { rows } = layout
  if (layout.lengths[0] !== rows) {
    throw new DataError(
      'damaged',
      `a dictionary of ${rows} texts has a column of ${layout.lengths[0]}; write the file again`,
    )
  }
  const slice = { layout, rows: { start: 0, end: rows }, arena: new Arena() }
  const place = { node: 0, buffer: 0, dataBuffers: layout.variadic[0] ?? 0 }
  const [texts] = await decodeTogether(body, slice, [decodeText(slice, place, form)])
  return texts
}

/** The texts of a dictionary followed by those of its delta. */
export function appendTexts(first: TextColumn, second: TextColumn): TextColumn {
  const n = first.offsets.length - 1
  const m = second.offsets.length - 1
  const firstBytes = first.offsets[n]
  const bytes = new Uint8Array(firstBytes + second.offsets[m])
  bytes.set(first.bytes.subarray(0, firstBytes))
  bytes.set(second.bytes.subarray(0, second.offsets[m]), firstBytes)
  const offsets = new Float64Array(n + m + 1)
  offsets.set(first.offsets)
  for (let i = 1; i <= m; i++) offsets[n + i] = firstBytes + second.offsets[i]
  if (!first.nulls && !second.nulls) return { kind: 'text', bytes, offsets, nulls: undefined }
  const nulls = new Uint8Array(n + m)
  if (first.nulls) nulls.set(first.nulls)
  if (second.nulls) nulls.set(second.nulls, n)
  return { kind: 'text', bytes, offsets, nulls }
}
