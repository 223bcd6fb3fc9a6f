import type { Bytes } from '../../io/bytes.js'
import { damaged } from './damage.js'

/**
 * Bytes that are read at once. Two such blocks a column: one that pages are taken from, one on its way. Below 1 MiB
 * the calls begin to cost, beyond 2 MiB nothing is gained.
 */
const BLOCK = 2 ** 21

interface Block {
  readonly buffer: Uint8Array
  /** The bytes not yet taken, [from, to) of the buffer. */
  from: number
  to: number
}

/**
 * A column chunk as a stream of bytes. The next block is read while the last one is used, in front of it room for what
 * is left of the last, so that a page that crosses the border lies in one piece.
 */
export class ChunkBytes {
  readonly #file: Bytes
  readonly #end: number
  readonly #where: string
  readonly #unit: number
  #block: Block = { buffer: new Uint8Array(0), from: 0, to: 0 }
  #spare: Uint8Array = new Uint8Array(0)
  /** Where in the file the next block starts. */
  #next: number
  #coming: Promise<Block> | undefined

  /** The bytes [start, end) of the file; `where` names them in messages. */
  constructor(file: Bytes, start: number, end: number, where: string) {
    this.#file = file
    this.#next = start
    this.#end = end
    this.#where = where
    this.#unit = Math.min(BLOCK, end - start)
  }

  /** Where in the file the next byte lies. */
  get position(): number {
    return this.#next - (this.#block.to - this.#block.from)
  }

  /** Bytes to the end of the chunk. */
  get left(): number {
    return this.#end - this.position
  }

  /** At least `size` bytes from the position on, without moving it; valid until the next call. */
  async peek(size: number): Promise<Uint8Array> {
    if (size > this.left) {
      throw damaged(
        `${this.#where} ends ${size - this.left} bytes before its page at byte ${this.position} does`,
      )
    }
    if (this.#block.to - this.#block.from < size) await this.#advance(size)
    return this.#block.buffer.subarray(this.#block.from, this.#block.to)
  }

  /** Moves the position by `size` bytes, which may lie beyond what was read. */
  async skip(size: number): Promise<void> {
    const block = this.#block
    if (size <= block.to - block.from) block.from += size
    else await this.seek(this.position + size)
  }

  /** Moves the position to a byte of the file. */
  async seek(position: number): Promise<void> {
    if (position > this.#end) throw damaged(`${this.#where} ends at byte ${this.#end}, a page at ${position}`)
    await this.settle()
    this.#coming = undefined
    this.#block.from = this.#block.to
    this.#next = position
  }

  /** Waits for a read that is under way, whatever its outcome. */
  async settle(): Promise<void> {
    await this.#coming?.catch(() => {})
  }

  /** Takes the next block, and with it all of a page that is larger than blocks are. */
  async #advance(size: number): Promise<void> {
    const last = this.#block
    const rest = last.to - last.from
    const next = await (this.#coming ?? this.#read(this.#next))
    this.#coming = undefined
    const length = next.to - next.from
    this.#next += length
    const missing = size - rest - length
    if (missing <= 0 && next.from >= rest) {
      next.from -= rest
      next.buffer.set(last.buffer.subarray(last.from, last.to), next.from)
      this.#block = next
      this.#spare = last.buffer.length === next.buffer.length ? last.buffer : this.#spare
    } else {
      const buffer = new Uint8Array(rest + length + Math.max(0, missing))
      buffer.set(last.buffer.subarray(last.from, last.to))
      buffer.set(next.buffer.subarray(next.from, next.to), rest)
      this.#spare = next.buffer
      this.#block = { buffer, from: 0, to: buffer.length }
      if (missing > 0) await this.#file.read(buffer.subarray(rest + length), this.#next)
      this.#next += Math.max(0, missing)
    }
    if (this.#next < this.#end) {
      this.#coming = this.#read(this.#next)
      this.#coming.catch(() => {}) // it is met where the block is wanted, if it ever is
    }
  }

  async #read(start: number): Promise<Block> {
    const length = Math.min(this.#unit, this.#end - start)
    const room = this.#unit // for what is left of the block before
    const buffer = this.#spare.length >= room + length ? this.#spare : new Uint8Array(room + length)
    this.#spare = new Uint8Array(0)
    await this.#file.read(buffer.subarray(room, room + length), start)
    return { buffer, from: room, to: room + length }
  }
}
