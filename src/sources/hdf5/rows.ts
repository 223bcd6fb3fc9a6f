import type { ArrayInfo, RowReader } from '../../columns/arrays.js'
import type { Column, Element } from '../../columns/column.js'
import { asNumbers, ITEM_BYTES, textColumn } from '../../columns/elements.js'
import { DataError } from '../../core/errors.js'
import type { Range } from '../../core/types.js'
import { attempt, type Dataset, type Library } from './library.js'

/**
 * Rows of a dataset of numbers, by way of the library's memory, which it shares with nothing else. HDF5 itself turns
 * big-endian items round.
 */
export class NumberRows implements RowReader {
  private readonly rooms = [new Uint8Array(0), new Uint8Array(0)]
  private turn = 0

  constructor(
    private readonly library: Library,
    private readonly dataset: Dataset,
    private readonly array: ArrayInfo,
    private readonly pick: number | undefined,
  ) {}

  // oxlint-disable-next-line typescript/require-await -- reading is at once; errors are still rejections
  async read({ start, end }: Range): Promise<Column> {
    const { array, pick } = this
    const element = array.element as Element
    const width = ITEM_BYTES[element]
    const inner = array.shape.slice(1, 3)
    const bytes = (end - start) * inner.reduce((product, length) => product * length, 1) * width
    const offset = [
      start,
      ...array.shape.slice(1).map((_, axis) => (axis === 2 && pick !== undefined ? pick : 0)),
    ]
    const count = [end - start, ...inner, ...(pick === undefined ? [] : [1])]
    const into = this.room(bytes)
    attempt(array.name, () => this.copy(count, offset, into))
    return { kind: 'numbers', element, values: asNumbers(element, into), levels: inner, nulls: undefined }
  }

  private room(bytes: number): Uint8Array {
    this.turn = 1 - this.turn
    if (this.rooms[this.turn].length < bytes) this.rooms[this.turn] = new Uint8Array(bytes)
    return this.rooms[this.turn].subarray(0, bytes)
  }

  private copy(count: readonly number[], offset: readonly number[], into: Uint8Array): void {
    const { library, dataset } = this
    if (into.length === 0) return
    const at = library._malloc(into.length)
    if (at === 0)
      throw new DataError('format', `has rows of ${into.length} bytes, more than HDF5 has memory for here`)
    try {
      const steps = count.map(() => 1n)
      library.get_dataset_data(
        dataset.file_id,
        dataset.path,
        count.map(BigInt),
        offset.map(BigInt),
        steps,
        BigInt(at),
      )
      into.set(library.HEAPU8.subarray(at, at + into.length))
    } finally {
      library._free(at)
    }
  }
}

/** Rows of a dataset of texts. */
export class TextRows implements RowReader {
  constructor(
    private readonly dataset: Dataset,
    private readonly array: ArrayInfo,
  ) {}

  // oxlint-disable-next-line typescript/require-await -- as above
  async read({ start, end }: Range): Promise<Column> {
    if (start === end) return textColumn([])
    const texts = attempt(this.array.name, () => this.dataset.slice([[start, end]])) as string[]
    return textColumn(texts)
  }
}
