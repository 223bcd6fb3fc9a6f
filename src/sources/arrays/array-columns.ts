import { asDataError } from '../../core/errors.js'
import { type ArrayFile, type ArrayInfo, itemsOfRow, type RowReader, shapeText } from './array-file.js'
import { cutRows } from './windows.js'
import type { Column, ColumnBatch, ColumnField, ColumnSource, NumberColumn } from '../columns/column.js'
import { ITEM_BYTES, textColumn } from '../columns/elements.js'
import type { ColumnNames } from '../records/record-columns.js'
import { type Coordinates, recognise } from './producers.js'

export interface ArrayOptions {
  readonly columns?: ColumnNames | undefined
  /** Order of the axes, as an option says: which of four the bases are. */
  readonly axes?: string | undefined
  /** Entry of the last axis of maps of four axes, from 0. */
  readonly target?: number | undefined
  /** Bytes of a window of rows; for tests, since checkpoints know no others than the usual. */
  readonly windowBytes?: number | undefined
}

/** Name of the column of ids that coordinates make. */
const ID = 'id'

/** Arrays of a file as columns: those with as many rows as the maps have, or the sequences where there are no maps. */
export function arrayColumns(file: ArrayFile, options: ArrayOptions = {}): ColumnSource {
  const found = recognise(file.name, file.arrays)
  const names = {
    attributions: options.columns?.attributions ?? found.attributions,
    sequence: options.columns?.sequence ?? found.sequence,
    truth: options.columns?.truth ?? found.truth,
  }
  const array = (name: string | undefined) =>
    file.arrays.find(each => each.name === name && each.shape.length > 0)
  const lead = array(names.attributions) ?? array(names.sequence) ?? array(names.truth) ?? file.arrays[0]
  const rows = lead?.shape[0] ?? 0
  const fields = file.arrays.map(each => fieldOf(each, lead, options))
  const coordinates = array(ID) === undefined ? found.coordinates : undefined
  if (coordinates !== undefined) {
    const parts = Object.values(coordinates).filter(name => name !== undefined)
    fields.unshift({ name: ID, type: { kind: 'text' }, declared: `of ${parts.join(', ')}` })
  }

  const used = new Set([lead, array(names.sequence), array(names.truth)])
  let rowBytes = 0
  let step = 1
  let inOrder = false
  let { windowBytes } = options
  for (const each of used) {
    if (each === undefined || each.shape[0] !== rows) continue
    rowBytes += bytesOfRow(each)
    if (each.inOrder === true) inOrder = true
    if (each === lead) step = Math.max(1, each.step)
    if (each.windowBytes !== undefined && options.windowBytes === undefined)
      windowBytes = Math.max(windowBytes ?? 0, each.windowBytes)
  }
  const windows = cutRows({ name: file.name, rows, rowBytes, step }, windowBytes)
  const cut = `windows ${windows.length} of ${windows[0]?.end ?? 0} rows`
  let fingerprint: Promise<string> | undefined

  function openColumn(name: string): RowReader {
    if (name === ID && coordinates !== undefined) return openIds(coordinates)
    const info = array(name) as ArrayInfo
    return file.openRows(info, info.shape.length === 4 ? (options.target ?? 0) : undefined)
  }

  function openIds({ chrom, start, end, strand }: Coordinates): RowReader {
    const readers = [chrom, start, end, strand].map(name =>
      name === undefined ? undefined : openColumn(name),
    )
    const length = lead.shape.length > 2 && lead.shape[1] === 4 ? lead.shape[2] : lead.shape[1]
    return {
      async read(range) {
        const [chroms, starts, ends, strands] = await Promise.all(
          readers.map(async reader => reader?.read(range)),
        )
        const ids = Array.from({ length: range.end - range.start }, (_, row) => {
          const first = numberAt(starts, row)
          const last = ends === undefined ? first + length : numberAt(ends, row)
          return `${textAt(chroms, row)}:${first}-${last}${textAt(strands, row) === '-' ? '(-)' : ''}`
        })
        return textColumn(ids)
      },
      close: () => readers.forEach(reader => reader?.close?.()),
    }
  }

  return {
    name: file.name,
    format: file.format,
    fields,
    metadata: file.metadata,
    batches: windows.map(({ start, end, continues }) => ({
      rows: end - start,
      bytes: (end - start) * rowBytes,
      continues: continues || (inOrder && start > 0),
    })),
    layout: `${file.arrays.length} ${file.arrays.length === 1 ? 'array' : 'arrays'}`,
    codecs: file.codecs,
    readerBytes: file.readerBytes,
    recognised: { producer: found.producer, columns: { ...names, id: found.id }, notes: found.notes },
    files: [file.name, ...(file.elsewhere ?? [])],
    fingerprint: () => (fingerprint ??= file.fingerprint(cut)),
    close: () => file.close(),
    async *read(columns, range = { start: 0, end: windows.length }, signal): AsyncGenerator<ColumnBatch> {
      const readers = columns.map(openColumn)
      const load = async (index: number): Promise<ColumnBatch> => {
        const read = await Promise.all(readers.map(reader => reader.read(windows[index])))
        return {
          index,
          rows: windows[index],
          columns: new Map(columns.map((name, i): [string, Column] => [name, read[i]])),
        }
      }
      let ahead: Promise<ColumnBatch> | undefined
      let index = range.start
      try {
        for (; index < range.end; index++) {
          signal?.throwIfAborted()
          const current: ColumnBatch = await (ahead ?? load(index))
          ahead = index + 1 < range.end ? load(index + 1) : undefined
          // An error in what was read ahead belongs to the next turn.
          ahead?.catch(() => {})
          yield current
        }
      } catch (error) {
        if (signal?.aborted) throw error
        throw asDataError(error, 'damaged', { file: file.name, batch: index })
      } finally {
        await ahead?.catch(() => {})
        for (const reader of readers) reader.close?.()
      }
    },
  }
}

/** An array as a field; of kind `other`, with the reason, if its rows cannot accompany those of the leading one. */
function fieldOf(array: ArrayInfo, lead: ArrayInfo, { target, axes }: ArrayOptions): ColumnField {
  const { name, shape, element, declared } = array
  const refuse = (refused?: string): ColumnField => ({
    name,
    type: { kind: 'other' },
    declared,
    ...(refused === undefined ? {} : { refused }),
  })
  if (array.refused !== undefined) return refuse(array.refused)
  if (element === undefined || shape.length === 0) return refuse()
  if (shape[0] !== lead.shape[0]) {
    return refuse(
      `has ${shape[0]} rows, against ${lead.shape[0]} of ${lead.name}; give arrays of the same sequences`,
    )
  }
  if (element === 'text') return { name, type: { kind: 'text' }, declared }
  if (shape.length <= 3)
    return { name, type: { kind: 'numbers', element, nesting: shape.slice(1) }, declared }
  if (shape.length > 4) return refuse(`is of ${shape.length} axes; ${SPLIT}`)
  if (shape[3] === 4 && (axes === undefined || (shape[1] !== 4 && shape[2] !== 4))) {
    // Replicates or tasks come first as often as targets come last.
    return refuse(
      shape[1] === 4 || shape[2] === 4
        ? `is ${shapeText(shape)}, of which several axes could be the bases; ${SPLIT}, or give --axes L4 or 4L if the last one is targets`
        : `is ${shapeText(shape)}, bases on its last axis, and more than one map a sequence; ${SPLIT}`,
    )
  }
  if (shape[1] !== 4 && shape[2] !== 4) return refuse(`is ${shapeText(shape)}, no axis of which is the bases`)
  if (shape[2] === 4 && axes === undefined && shape[3] > shape[1]) {
    return refuse(
      `is ${shapeText(shape)}, whose axes could be (N, tasks, 4, L) as well as (N, L, 4, targets); ${SPLIT}, or give --axes L4 if it is the latter`,
    )
  }
  const targets = shape[3]
  if (target === undefined && targets !== 1) {
    return refuse(
      `has ${targets} targets on its last axis, of which one is scored; give it with --target, 0 to ${targets - 1}`,
    )
  }
  if (target !== undefined && !(Number.isInteger(target) && target >= 0 && target < targets)) {
    return refuse(
      `has ${targets} targets, and no target ${target}; give one with --target, 0 to ${targets - 1}`,
    )
  }
  return {
    name,
    type: { kind: 'numbers', element, nesting: shape.slice(1, 3) },
    declared: `${declared}, target ${target ?? 0}`,
  }
}

const SPLIT = 'save the maps of each task or replicate as an array (N, L, 4) or (N, 4, L)'

/** Bytes that are read for a row; a text may have any. */
function bytesOfRow({ element, shape, picks }: ArrayInfo): number {
  const items = itemsOfRow(picks === true ? shape.slice(0, 3) : shape)
  return items * (element === undefined || element === 'text' ? 8 : ITEM_BYTES[element])
}

function numberAt(column: Column | undefined, row: number): number {
  return (column as NumberColumn).values[row]
}

const utf8 = new TextDecoder()

function textAt(column: Column | undefined, row: number): string {
  if (column === undefined) return ''
  if (column.kind === 'numbers') return String(column.values[row])
  return utf8.decode(column.bytes.subarray(column.offsets[row], column.offsets[row + 1]))
}
