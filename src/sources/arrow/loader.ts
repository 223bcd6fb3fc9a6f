import type { Bytes } from '../../io/bytes.js'
import type { Column, TextColumn } from '../columns/column.js'
import { DataError } from '../../core/errors.js'
import { Arena } from './arena.js'
import { type Body, DiskBody, HeldBody } from './body.js'
import type { BatchWindow } from './cut.js'
import { decodeColumns } from './decode.js'
import {
  appendTexts,
  DICTIONARY_FOOTPRINT,
  decodeDictionary,
  dictionaryForms,
  NO_TEXTS,
} from './dictionaries.js'
import { readAhead } from './headers.js'
import { InflatedBody } from './inflate.js'
import { type Layout, readLayout } from './messages.js'
import type { ArrowColumn } from './schema.js'
import { buffersOf } from './slice.js'
import type { Entry, ArrowTable } from './table.js'
import type { Footprint, TextForm } from './shape.js'

interface Open {
  readonly recordBatch: number
  readonly layout: Layout
  readonly body: Body
}

interface Dictionary {
  /** The batches of the table that it is made of. */
  readonly from: readonly number[]
  readonly texts: TextColumn
}

/** Loads windows of some columns of a file, in any order, fastest in ascending order. One load at a time. */
export class Loader {
  readonly #bytes: Bytes
  readonly #table: ArrowTable
  readonly #columns: readonly ArrowColumn[]
  readonly #forms: ReadonlyMap<number, TextForm>
  readonly #scratch = new Arena()
  readonly #dictionaries = new Map<number, Dictionary>()
  #open: Open | undefined
  /** The next record batch, its layout read while the one before it is loaded. */
  #next: Open | undefined
  #reading: Promise<void> | undefined

  constructor(bytes: Bytes, table: ArrowTable, columns: readonly ArrowColumn[]) {
    this.#bytes = readAhead(bytes, table.batches.length)
    this.#table = table
    this.#columns = columns
    this.#forms = dictionaryForms(columns)
  }

  /** The columns of a window, as views into the arena, which is reset first. */
  async load(window: BatchWindow, arena: Arena): Promise<ReadonlyMap<string, Column>> {
    arena.reset()
    const { recordBatch, rows } = window
    if (this.#open?.recordBatch !== recordBatch) {
      // Without a pause where the layout is known already: the read of the body must be under way before the caller
      // computes, or nothing is read meanwhile (a third of the time at batches of 64 x 200 nt).
      if (this.#next?.recordBatch === recordBatch) this.#open = this.#next
      else await this.#openBatch(recordBatch)
      this.#readLayoutAhead(recordBatch + 1)
    }
    const { layout, body } = this.#open as Open
    const whole = rows.end - rows.start === layout.rows
    const buffers = this.#columns.flatMap(column => buffersOf(column, layout))
    // A batch that is not cut is read at once; what is compressed comes in whole buffers anyway.
    const ready =
      whole && layout.codec === undefined ? await HeldBody.preload(body, layout, buffers, arena) : body
    return decodeColumns(
      ready,
      { layout, rows, arena },
      this.#columns,
      id => this.#dictionaries.get(id)?.texts ?? NO_TEXTS,
    )
  }

  /** Resolves when nothing is being read any more. */
  async settle(): Promise<void> {
    await this.#reading
  }

  #readLayoutAhead(recordBatch: number): void {
    this.#next = undefined
    const entry = this.#table.batches[recordBatch]
    if (entry === undefined || entry.codec !== undefined || this.#forms.size > 0) return
    this.#reading = this.#openEntry(entry, this.#table.schema.total).then(
      opened => {
        this.#next = { recordBatch, ...opened }
      },
      () => {}, // it is read again when its turn comes, and fails then
    )
  }

  async #openBatch(recordBatch: number): Promise<void> {
    // What the last batch held goes before memory for the next is taken.
    this.#open = undefined
    for (const [id, form] of this.#forms) await this.#readDictionary(id, form, recordBatch)
    const entry = this.#table.batches[recordBatch]
    this.#open = { recordBatch, ...(await this.#openEntry(entry, this.#table.schema.total)) }
  }

  async #openEntry(entry: Entry, expected: Footprint): Promise<{ layout: Layout; body: Body }> {
    const metadata = new Uint8Array(entry.metadataLength)
    await this.#bytes.read(metadata, entry.metadataStart)
    const layout = readLayout(metadata, entry.bodyLength, expected)
    if (layout.rows !== entry.rows) {
      throw new DataError('damaged', 'changed while it was read; start again when it is complete')
    }
    const disk = new DiskBody(this.#bytes, entry.bodyStart, layout)
    return { layout, body: layout.codec ? new InflatedBody(disk, layout.codec, layout, this.#scratch) : disk }
  }

  /** The dictionary as the record batch sees it: the last that is no delta, and the deltas after that. */
  async #readDictionary(id: number, form: TextForm, recordBatch: number): Promise<void> {
    const { dictionaries, dictionariesBefore } = this.#table
    let from: number[] = []
    for (let i = 0; i < dictionariesBefore[recordBatch]; i++) {
      if (dictionaries[i].id !== id) continue
      if (!dictionaries[i].isDelta) from = []
      from.push(i)
    }
    const known = this.#dictionaries.get(id)
    const grows = known?.from.every((each, i) => from[i] === each) ?? false
    let texts = known && grows ? known.texts : NO_TEXTS
    const missing = known && grows ? from.slice(known.from.length) : from
    if (known && grows && missing.length === 0) return
    for (const i of missing) {
      const { layout, body } = await this.#openEntry(dictionaries[i], DICTIONARY_FOOTPRINT[form])
      const read = await decodeDictionary(body, layout, form)
      texts = texts === NO_TEXTS ? read : appendTexts(texts, read)
    }
    this.#dictionaries.set(id, { from, texts })
  }
}
