import type { ArrayInfo, RowReader } from '../arrays/array-file.js'
import type { Column, Element } from '../columns/column.js'
import { asNumbers, ITEM_BYTES, textColumn } from '../columns/elements.js'
import { DataError } from '../../core/errors.js'
import type { Range } from '../../core/types.js'
import { callLibrary, type Dataset, type Library } from './library.js'
import { opening } from './other-files.js'

/** A block of a dataset, axis by axis. */
interface Block {
  readonly offset: readonly number[]
  readonly count: readonly number[]
}

/** Reads a block into memory of the library's own, which is given back once `use` has returned. */
function withBlock<T>(
  library: Library,
  { file, path, others }: Dataset,
  { offset, count }: Block,
  bytes: number,
  use: (at: number) => T,
): T {
  const at = library._malloc(bytes)
  if (at === 0)
    throw new DataError('format', `has rows of ${bytes} bytes, more than HDF5 has memory for here; split it`)
  try {
    const steps = count.map(() => 1n)
    opening(others.isKnown, () =>
      library.get_dataset_data(file, path, count.map(BigInt), offset.map(BigInt), steps, BigInt(at)),
    )
    return use(at)
  } finally {
    library._free(at)
  }
}

/** Rows of a dataset of numbers. HDF5 itself turns big-endian items round. */
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
    const { library, dataset, array, pick } = this
    const element = array.element as Element
    const [, ...lengths] = array.shape
    const inner = lengths.slice(0, 2)
    const items = inner.reduce((product, length) => product * length, end - start)
    const bytes = items * ITEM_BYTES[element]
    const stored = dataset.bfloat16 ? bytes / 2 : bytes
    const block = {
      offset: [start, ...lengths.map((_, axis) => (axis === 2 && pick !== undefined ? pick : 0))],
      count: [end - start, ...inner, ...(pick === undefined ? [] : [1])],
    }
    const into = this.room(bytes)
    if (bytes > 0) {
      callLibrary(array.name, () =>
        withBlock(library, dataset, block, stored, at => into.set(library.HEAPU8.subarray(at, at + stored))),
      )
      if (dataset.bfloat16) widen(into, items)
    }
    return { kind: 'numbers', element, values: asNumbers(element, into), levels: inner, nulls: undefined }
  }

  private room(bytes: number): Uint8Array {
    this.turn = 1 - this.turn
    if (this.rooms[this.turn].length < bytes) this.rooms[this.turn] = new Uint8Array(bytes)
    return this.rooms[this.turn].subarray(0, bytes)
  }
}

/** Turns upper halves of float32, at the start of the bytes, into these. */
function widen(bytes: Uint8Array, items: number): void {
  const halves = new Uint16Array(bytes.buffer, bytes.byteOffset, 2 * items)
  for (let i = items - 1; i >= 0; i--) {
    halves[2 * i + 1] = halves[i]
    if (i > 0) halves[2 * i] = 0
  }
  halves[0] = 0
}

/** Bytes of an address in the library's memory. */
const ADDRESS = 4

/** Rows of a dataset of texts: of a fixed width, filled up with zeros or spaces, or of any length, each at an address. */
export class TextRows implements RowReader {
  constructor(
    private readonly library: Library,
    private readonly dataset: Dataset,
    private readonly array: ArrayInfo,
  ) {}

  // oxlint-disable-next-line typescript/require-await -- as above
  async read({ start, end }: Range): Promise<Column> {
    if (start === end) return textColumn([])
    const { library, dataset, array } = this
    const { vlen, size } = dataset.metadata
    const width = vlen ? ADDRESS : size
    const count = end - start
    const bytes = count * width
    const texts = callLibrary(array.name, () =>
      withBlock(library, dataset, { offset: [start], count: [count] }, bytes, at => {
        if (!vlen) {
          return Array.from({ length: count }, (_, i) => {
            const text = library.HEAPU8.slice(at + i * width, at + (i + 1) * width)
            return trimmed(text, dataset.metadata.strpad === SPACES)
          })
        }
        const read = Array.from({ length: count }, (_, i) => textAt(library, at + i * ADDRESS))
        opening(dataset.others.isKnown, () =>
          library.reclaim_vlen_memory_count(dataset.file, dataset.path, '', BigInt(at), [BigInt(count)]),
        )
        return read
      }),
    )
    return textColumn(texts)
  }
}

/** HDF5's number of texts that are filled up with spaces. */
const SPACES = 2
const SPACE = 32

function trimmed(text: Uint8Array, spaces: boolean): Uint8Array {
  const zero = text.indexOf(0)
  let end = zero < 0 ? text.length : zero
  while (spaces && end > 0 && text[end - 1] === SPACE) end--
  return text.subarray(0, end)
}

/** The text, ended by a zero, whose address is at `pointer`; empty where that is 0. */
function textAt({ HEAPU8 }: Library, pointer: number): Uint8Array {
  const view = new DataView(HEAPU8.buffer, HEAPU8.byteOffset, HEAPU8.length)
  const start = view.getUint32(pointer, true)
  return start === 0 ? new Uint8Array(0) : HEAPU8.slice(start, HEAPU8.indexOf(0, start))
}
