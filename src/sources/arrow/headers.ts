import type { Bytes } from '../../io/bytes.js'
import { isRemote } from '../../core/address.js'

/** What is read around one header: several headers of small batches, and little around a large batch. */
const PAGE = 16 * 1024
/** Where the next header is at most this far on, pages grow to it, so that small batches cost no read each. */
const MAX_PAGE = 512 * 1024

/** Reads of a few bytes each, mostly in ascending order, through one page. */
export class PagedReader {
  readonly #bytes: Bytes
  #memory = new Uint8Array(PAGE)
  #size = PAGE
  #start = 0
  #end = 0

  constructor(bytes: Bytes) {
    this.#bytes = bytes
  }

  /** Those bytes, which must lie in the file; valid until the next read. */
  async read(position: number, length: number): Promise<Uint8Array> {
    if (length > MAX_PAGE) {
      const long = new Uint8Array(length)
      await this.#bytes.read(long, position)
      return long
    }
    if (position < this.#start || position + length > this.#end) {
      const near = position >= this.#start && position < this.#end + MAX_PAGE
      this.#size = near ? Math.min(2 * this.#size, MAX_PAGE) : PAGE
      await this.#fill(position, Math.max(length, this.#size))
    }
    return this.#memory.subarray(position - this.#start, position - this.#start + length)
  }

  async #fill(position: number, length: number): Promise<void> {
    if (length > this.#memory.length) this.#memory = new Uint8Array(length)
    const page = this.#memory.subarray(0, Math.min(length, this.#bytes.size - position))
    this.#end = 0
    await this.#bytes.read(page, position)
    this.#start = position
    this.#end = position + page.length
  }
}

/** Batches below this size on average are read many at once. */
const SMALL_BATCH = 128 * 1024

/** Readers of headers that are far apart: one after the other, each read waits for a thread to wake. */
const FAR_APART = 16

/**
 * Readers for headers of that many batches: one where a page holds several, and for a file on a server, of which what is
 * read in order comes in few requests; else several to read at once.
 */
export function headerReaders(bytes: Bytes, batches: number): PagedReader[] {
  const areFar = bytes.size > batches * SMALL_BATCH && !isRemote(bytes.name)
  const count = areFar ? FAR_APART : 1
  return Array.from({ length: count }, () => new PagedReader(bytes))
}

/** The bytes of a file of that many batches; where they are small, read in pages that hold several. */
export function readAhead(bytes: Bytes, batches: number): Bytes {
  if (bytes.size > batches * SMALL_BATCH) return bytes
  const pages = new PagedReader(bytes)
  // One read after another: a page serves one at a time.
  let last: Promise<void> = Promise.resolve()
  return {
    ...bytes,
    read(into, position) {
      const before = last
      const reading = (async () => {
        await before
        into.set(await pages.read(position, into.length))
      })()
      last = reading.catch(() => {})
      return reading
    },
  }
}
