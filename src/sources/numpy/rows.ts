import { itemsOfRow, type RowReader } from '../arrays/array-file.js'
import type { Column, Element } from '../columns/column.js'
import { asNumbers, swapBytes, textColumn } from '../columns/elements.js'
import type { Range, TypedArray } from '../../core/types.js'
import type { NpyHeader } from './header.js'
import type { MemberReader } from './member.js'

/** Memory for two reads, one of which is in use while the other is filled. */
class Turns {
  private readonly rooms = [new Uint8Array(0), new Uint8Array(0)]
  private turn = 0

  take(bytes: number): Uint8Array {
    this.turn = 1 - this.turn
    if (this.rooms[this.turn].length < bytes) this.rooms[this.turn] = new Uint8Array(bytes)
    return this.rooms[this.turn].subarray(0, bytes)
  }
}

/** Rows of an array in C order: one run of bytes. */
export class RowsInOrder implements RowReader {
  private readonly turns = new Turns()
  private readonly rowBytes: number

  constructor(
    private readonly member: MemberReader,
    private readonly header: NpyHeader,
    private readonly pick: number | undefined,
  ) {
    this.rowBytes = itemsOfRow(header.shape) * header.itemBytes
  }

  async read(rows: Range): Promise<Column> {
    const { header, rowBytes } = this
    const bytes = this.turns.take((rows.end - rows.start) * rowBytes)
    await this.member.read(bytes, header.start + rows.start * rowBytes)
    if (header.element === 'text') return textColumn(decodeTexts(bytes, header))
    if (header.bigEndian) swapBytes(bytes, header.itemBytes)
    const element = header.element as Element
    const values = asNumbers(element, bytes)
    const last = header.shape[header.shape.length - 1]
    if (this.pick === undefined)
      return { kind: 'numbers', element, values, levels: levelsOf(header), nulls: undefined }
    const picked = values.slice(0, values.length / last)
    for (let i = 0, from = this.pick; i < picked.length; i++, from += last) picked[i] = values[from]
    return { kind: 'numbers', element, values: picked, levels: levelsOf(header), nulls: undefined }
  }
}

/**
 * Rows of an array in Fortran order, whose first axis is the fastest: a short run of bytes for each place in a row, put
 * where it belongs in C order.
 */
export class RowsAcross implements RowReader {
  private readonly turns = new Turns()
  private run = new Uint8Array(0)

  constructor(
    private readonly member: MemberReader,
    private readonly header: NpyHeader,
    private readonly pick: number | undefined,
  ) {}

  async read({ start, end }: Range): Promise<Column> {
    const { header, pick } = this
    const { shape, itemBytes } = header
    const element = header.element as Element
    const rows = end - start
    const [all, first, second = 1] = shape
    const items = first * second
    const values = asNumbers(element, this.turns.take(rows * items * itemBytes))
    if (this.run.length !== rows * itemBytes) this.run = new Uint8Array(rows * itemBytes)
    for (let j = 0; j < second; j++) {
      for (let i = 0; i < first; i++) {
        const place = i + first * (j + second * (pick ?? 0))
        await this.member.read(this.run, header.start + (place * all + start) * itemBytes)
        if (header.bigEndian) swapBytes(this.run, itemBytes)
        spread(asNumbers(element, this.run), values, i * second + j, items)
      }
    }
    return { kind: 'numbers', element, values, levels: levelsOf(header), nulls: undefined }
  }
}

function spread(from: TypedArray, to: TypedArray, start: number, step: number): void {
  for (let row = 0, at = start; row < from.length; row++, at += step) to[at] = from[row]
}

/** Fixed lengths of the levels below a row; of four axes the last is picked away. */
function levelsOf({ shape }: NpyHeader): readonly number[] {
  return shape.slice(1, 3)
}

const latin1 = new TextDecoder('latin1')

/** Texts of fixed width: bytes, or code points of 32 bits; what is left over is filled with zeros. */
function decodeTexts(bytes: Uint8Array, { descr, itemBytes, bigEndian }: NpyHeader): string[] {
  const texts: string[] = []
  const wide = descr.includes('U')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let start = 0; start < bytes.length; start += itemBytes) {
    if (!wide) {
      texts.push(latin1.decode(bytes.subarray(start, start + itemBytes)).replace(/\0+$/, ''))
      continue
    }
    let text = ''
    for (let at = start; at < start + itemBytes; at += 4) {
      const code = view.getUint32(at, !bigEndian)
      text += code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd'
    }
    texts.push(text.replace(/\0+$/, ''))
  }
  return texts
}
