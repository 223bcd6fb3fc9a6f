import { Endianness } from 'apache-arrow/fb/endianness'
import { MetadataVersion } from 'apache-arrow/fb/metadata-version'
import type { Schema } from 'apache-arrow/fb/schema'
import type { ColumnField, ColumnType } from '../columns/column.js'
import { DataError } from '../../core/errors.js'
import { readMetadata } from './metadata.js'
import { describeField } from './types.js'
import type { Footprint, Reading } from './shape.js'

/** A column, and where its nodes and buffers begin in every record batch. */
export interface ArrowColumn {
  readonly field: ColumnField
  readonly reading: Reading
  readonly place: Footprint
  readonly takes: Footprint
}

export interface ArrowSchema {
  readonly columns: readonly ArrowColumn[]
  /** What a record batch holds in all. */
  readonly total: Footprint
  readonly metadata: ReadonlyMap<string, string>
}

/** A schema from its flatbuffer of `size` bytes. Refuses big-endian data and format versions before 4 (Arrow 0.8). */
export function readSchema(schema: Schema, version: MetadataVersion, size: number): ArrowSchema {
  if (schema.endianness() !== Endianness.Little) {
    throw new DataError(
      'format',
      'holds big-endian values, expected little-endian; write it on another machine',
    )
  }
  checkVersion(version)
  const unionBuffers = version === MetadataVersion.V4 ? 2 : 1
  // A field takes at least its 4-byte place in a vector and a table of 8.
  const budget = { fields: size / 12 }
  const columns: ArrowColumn[] = []
  const merged = new Map<string, string>()
  let place: Footprint = { nodes: 0, buffers: 0, views: 0 }
  for (let i = 0, n = schema.fieldsLength(); i < n; i++) {
    const field = schema.fields(i)
    if (!field) continue
    const shape = describeField(field, budget, unionBuffers)
    const name = field.name() ?? ''
    const { reading, declared } = shape
    columns.push({ field: { name, type: columnType(reading), declared }, reading, place, takes: shape })
    place = {
      nodes: place.nodes + shape.nodes,
      buffers: place.buffers + shape.buffers,
      views: place.views + shape.views,
    }
    for (const [key, value] of readMetadata(field)) if (!key.startsWith('ARROW:')) merged.set(key, value)
  }
  for (const [key, value] of readMetadata(schema)) merged.set(key, value)
  checkDictionaries(columns)
  return { columns, total: place, metadata: merged }
}

/** Refuses the versions whose layout differs. */
export function checkVersion(version: MetadataVersion): void {
  if (version < MetadataVersion.V4) {
    throw new DataError(
      'format',
      `has metadata version ${version + 1}, expected 4 or 5; write it with Arrow 1.0 or later`,
    )
  }
}

function columnType(reading: Reading): ColumnType {
  if (reading.kind === 'dictionary' || reading.kind === 'text') return { kind: 'text' }
  if (reading.kind === 'other') return { kind: 'other' }
  const nesting = reading.levels.flatMap((level): readonly (number | 'list')[] =>
    level.kind === 'list' ? ['list'] : level.shape,
  )
  return { kind: 'numbers', element: reading.element, nesting }
}

/** Columns may share a dictionary, but then agree on what its values are. */
function checkDictionaries(columns: readonly ArrowColumn[]): void {
  const forms = new Map<number, string>()
  for (const { reading, field } of columns) {
    if (reading.kind !== 'dictionary') continue
    const form = forms.get(reading.id) ?? reading.form
    if (form !== reading.form) {
      throw new DataError(
        'damaged',
        `column ${field.name} shares dictionary ${reading.id} with a column of another type; write the file again`,
      )
    }
    forms.set(reading.id, form)
  }
}

/** The columns of those names, which must be there once and readable. */
export function pickColumns(schema: ArrowSchema, names: readonly string[], file: string): ArrowColumn[] {
  return [...new Set(names)].map(name => {
    const found = schema.columns.filter(column => column.field.name === name)
    const column = found[0]
    if (column === undefined) {
      const known = schema.columns.map(each => each.field.name).join(', ')
      throw new DataError('column', `has no column ${name}; found ${known.slice(0, 200)}`, { file })
    }
    if (found.length > 1) {
      throw new DataError('column', `has ${found.length} columns named ${name}, expected 1; rename them`, {
        file,
      })
    }
    if (column.reading.kind === 'other') {
      throw new DataError(
        'column',
        `column ${name} is ${column.field.declared}, expected text or numbers, flat or in lists; convert it`,
        { file },
      )
    }
    return column
  })
}
