import type { Bytes } from '../../columns/bytes.js'

/** Headers of small batches lie side by side: one read of this size fetches several, and costs a large batch little. */
const PAGE = 16 * 1024

/** Reads of a few bytes each, mostly in ascending order, through one page. */
export class HeaderReader {
  readonly #bytes: Bytes
  readonly #page = new Uint8Array(PAGE)
  #start = 0
  #end = 0

  constructor(bytes: Bytes) {
    this.#bytes = bytes
  }

  /** Those bytes, which must lie in the file; valid until the next read. */
  async read(position: number, length: number): Promise<Uint8Array> {
    if (length > PAGE) {
      const long = new Uint8Array(length)
      await this.#bytes.read(long, position)
      return long
    }
    if (position < this.#start || position + length > this.#end) {
      this.#end = 0
      const end = Math.max(position + length, Math.min(position + PAGE, this.#bytes.size))
      await this.#bytes.read(this.#page.subarray(0, end - position), position)
      this.#start = position
      this.#end = end
    }
    return this.#page.subarray(position - this.#start, position - this.#start + length)
  }
}
