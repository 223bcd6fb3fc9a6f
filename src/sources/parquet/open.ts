import { type Bytes, fingerprintBytes } from '../../io/bytes.js'
import { openBytes } from '../../io/open.js'
import { loadCodecs } from '../../io/codecs.js'
import type { Column, ColumnBatch, ColumnSource } from '../columns/column.js'
import { asDataError, DataError } from '../../core/errors.js'
import type { Range } from '../../core/types.js'
import type { Builder } from './builder.js'
import { ColumnReader } from './column-reader.js'
import { type Footer, readFooter } from './footer.js'
import { NumberBuilder } from './number-builder.js'
import type { Field } from './schema.js'
import { TextBuilder } from './text-builder.js'
import { cutWindows, windowRows, WINDOW_BYTES, WINDOW_ROWS, type RowWindow } from './windows.js'

export interface ParquetOptions {
  /** Bytes of a window of rows, as `WINDOW_BYTES`. */
  readonly windowBytes?: number | undefined
}

/** Opens a Parquet file. Errors: `not-found`, `io`, `format` for what is not read, `damaged`. */
export async function openParquet(path: string, options: ParquetOptions = {}): Promise<ColumnSource> {
  const bytes = await openBytes(path)
  try {
    const footer = await readFooter(bytes)
    await loadCodecs(footer.groups.flatMap(({ chunks }) => chunks.flatMap(({ codec }) => codec ?? [])))
    return new ParquetFile(bytes, footer, options.windowBytes ?? WINDOW_BYTES)
  } catch (error) {
    await bytes.close()
    throw asDataError(error, 'damaged', { file: path })
  }
}

/** A file whose pages are read as its rows are asked for: memory follows pages and windows, not row groups. */
class ParquetFile implements ColumnSource {
  readonly format = 'Parquet'
  readonly name: string
  readonly fields: readonly Field[]
  readonly metadata: ReadonlyMap<string, string>
  readonly batches: readonly RowWindow[]
  readonly layout: string
  readonly codecs: readonly string[]
  readonly #bytes: Bytes
  readonly #footer: Footer
  readonly #windowBytes: number
  #fingerprint: Promise<string> | undefined

  constructor(bytes: Bytes, footer: Footer, windowBytes: number) {
    this.name = bytes.name
    this.fields = footer.fields
    this.metadata = footer.metadata
    this.batches = cutWindows(footer.groups, windowBytes)
    this.layout = `${plural(footer.groups.length, 'row group')}, ${plural(this.batches.length, 'window')}`
    const names = footer.groups.flatMap(group => group.chunks.map(chunk => chunk.codecName.toLowerCase()))
    this.codecs = [...new Set(names)].filter(name => name !== 'uncompressed').toSorted()
    this.#bytes = bytes
    this.#footer = footer
    this.#windowBytes = windowBytes
  }

  fingerprint(): Promise<string> {
    this.#fingerprint ??= fingerprintBytes(this.#bytes, `parquet windows ${this.#windowBytes} ${WINDOW_ROWS}`)
    return this.#fingerprint
  }

  async *read(
    columns: readonly string[],
    batches?: Range,
    signal?: AbortSignal,
  ): AsyncGenerator<ColumnBatch> {
    const fields = columns.map(name => this.#field(name))
    const builders = fields.map(toBuilder)
    const { start, end } = batches ?? { start: 0, end: this.batches.length }
    let readers: ColumnReader[] = []
    let index = start
    try {
      for (; index < end; index++) {
        signal?.throwIfAborted()
        const window = this.batches[index]
        if (index === start || window.inGroup === 0) {
          readers = await this.#openGroup(window, fields, builders)
        }
        const read = new Map<string, Column>()
        for (let i = 0; i < readers.length; i++) read.set(columns[i], await readers[i].take(window.rows))
        yield { index, rows: windowRows(window), columns: read }
      }
    } catch (error) {
      if (signal?.aborted) throw error
      throw asDataError(error, 'damaged', { file: this.name, batch: index })
    } finally {
      await Promise.all(readers.map(reader => reader.settle()))
    }
  }

  #field(name: string): Field {
    const found = this.fields.filter(field => field.name === name)
    const [field] = found
    if (found.length === 1 && field.leaf !== undefined) return field
    const what =
      found.length === 1
        ? `column "${name}" is ${field.declared}, expected text or numbers in at most two lists`
        : `${found.length} columns are called "${name}", expected one`
    throw new DataError('column', `${what}; give another column`, { file: this.name })
  }

  /** A reader for each field, at the window's first row. */
  async #openGroup(
    window: RowWindow,
    fields: readonly Field[],
    builders: readonly Builder[],
  ): Promise<ColumnReader[]> {
    const group = this.#footer.groups[window.group]
    const readers = fields.map((field, i) => {
      const where = `row group ${window.group}, column "${field.name}"`
      const chunk = group.chunks[field.leaf!.index]
      return new ColumnReader(this.#bytes, chunk, field.leaf!, builders[i], group.rows, where)
    })
    for (const reader of readers) await reader.skipTo(window.inGroup)
    return readers
  }

  close(): Promise<void> {
    return this.#bytes.close()
  }
}

function toBuilder({ leaf, type, lengths }: Field): Builder {
  if (type.kind !== 'numbers') return new TextBuilder(leaf!)
  return new NumberBuilder(leaf!, type.element, lengths ?? type.nesting, type.nesting)
}

function plural(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`
}
