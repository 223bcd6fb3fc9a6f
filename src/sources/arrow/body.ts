import type { Bytes } from '../../io/bytes.js'
import { DataError } from '../../core/errors.js'
import type { Arena } from './arena.js'
import type { Layout } from './messages.js'

/** The bytes `start` to `end` of a buffer, asked for; `bytes` is there once they are loaded. */
export interface Piece {
  readonly buffer: number
  readonly start: number
  readonly end: number
  /** What the whole buffer has to hold, where rows and type say so. */
  readonly whole: number | undefined
  bytes: Uint8Array
}

/** The body of one record batch: its buffers, as their values lie in them. */
export interface Body {
  /** Fills in the `bytes` of the pieces; what lies outside of a buffer is a DataError `damaged`. */
  load(pieces: readonly Piece[], arena: Arena): Promise<void>
}

/** More than this at once is beyond what Node reads into one buffer, and beyond reason. */
const MAX_READ = 2 ** 30

/** Gaps up to this long are read through: copying 64 KiB takes less time than one more read. */
const GAP = 64 * 1024
/** Pieces up to this long are cut from a page that is kept for the windows to come. */
const SMALL = 16 * 1024
const PAGE = 64 * 1024

/** A body on disk, of which the pieces asked for are read, in as few reads as sensible. */
export class DiskBody implements Body {
  readonly #bytes: Bytes
  readonly #start: number
  readonly #layout: Layout
  readonly #pages = new Map<number, { readonly start: number; readonly bytes: Uint8Array }>()

  constructor(bytes: Bytes, bodyStart: number, layout: Layout) {
    this.#bytes = bytes
    this.#start = bodyStart
    this.#layout = layout
  }

  async load(pieces: readonly Piece[], arena: Arena): Promise<void> {
    const runs: { start: number; end: number; pieces: Piece[] }[] = []
    const { starts, sizes } = this.#layout
    const reads: Promise<void>[] = []
    let total = 0
    const sorted = pieces.toSorted((a, b) => starts[a.buffer] + a.start - (starts[b.buffer] + b.start))
    for (const piece of sorted) {
      checkInside(piece, sizes[piece.buffer])
      if (piece.end - piece.start <= SMALL && sizes[piece.buffer] > PAGE) {
        reads.push(this.#fromPage(piece))
        continue
      }
      const start = starts[piece.buffer] + piece.start
      const end = starts[piece.buffer] + piece.end
      const run = runs.at(-1)
      if (run && start - run.end <= GAP) {
        run.end = Math.max(run.end, end)
        run.pieces.push(piece)
      } else {
        runs.push({ start, end, pieces: [piece] })
      }
    }
    for (const { start, end } of runs) total += end - start
    if (total > MAX_READ) {
      throw new DataError(
        'format',
        `has rows so long that ${total} bytes are read at once, expected up to ${MAX_READ}; split the rows`,
      )
    }
    for (const { start, end, pieces: inRun } of runs) {
      const memory = arena.take(end - start, start % 8)
      for (const piece of inRun) {
        const at = starts[piece.buffer] + piece.start - start
        piece.bytes = memory.subarray(at, at + piece.end - piece.start)
      }
      if (memory.length > 0) reads.push(this.#bytes.read(memory, this.#start + start))
    }
    await all(reads)
  }

  async #fromPage(piece: Piece): Promise<void> {
    const { buffer, start, end } = piece
    let page = this.#pages.get(buffer)
    if (page === undefined || start < page.start || end > page.start + page.bytes.length) {
      // 8-aligned, so that values in it are as aligned as in the buffer.
      const from = start - (start % 8)
      const bytes = new Uint8Array(Math.min(PAGE, this.#layout.sizes[buffer] - from))
      await this.#bytes.read(bytes, this.#start + this.#layout.starts[buffer] + from)
      page = { start: from, bytes }
      this.#pages.set(buffer, page)
    }
    piece.bytes = page.bytes.subarray(start - page.start, end - page.start)
  }
}

/** A body in memory, whole or in buffers. */
export class HeldBody implements Body {
  readonly #buffer: (index: number) => Uint8Array

  constructor(buffer: (index: number) => Uint8Array) {
    this.#buffer = buffer
  }

  /** A body that lies in memory as it did in the file. */
  static of(memory: Uint8Array, layout: Layout): HeldBody {
    const { starts, sizes } = layout
    return new HeldBody(i => memory.subarray(starts[i], starts[i] + sizes[i]))
  }

  /** Those buffers of a body, read at once; pieces of other buffers may not be asked for. */
  static async preload(
    body: Body,
    layout: Layout,
    buffers: readonly number[],
    arena: Arena,
  ): Promise<HeldBody> {
    const pieces = buffers.map(buffer => completeBuffer(buffer, layout.sizes[buffer]))
    await body.load(pieces, arena)
    const held = new Map(pieces.map(piece => [piece.buffer, piece.bytes]))
    return new HeldBody(index => held.get(index) as Uint8Array)
  }

  load(pieces: readonly Piece[]): Promise<void> {
    for (const piece of pieces) {
      const bytes = this.#buffer(piece.buffer)
      checkInside(piece, bytes.length)
      piece.bytes = bytes.subarray(piece.start, piece.end)
    }
    return Promise.resolve()
  }
}

/** All bytes of a buffer. */
export function completeBuffer(buffer: number, size: number): Piece {
  return { buffer, start: 0, end: size, whole: undefined, bytes: NOTHING }
}

export const NOTHING = new Uint8Array(0)

/** Refuses a piece that leaves its buffer. */
export function checkInside(piece: Piece, size: number): void {
  if (piece.end > size || piece.start < 0) {
    throw new DataError(
      'damaged',
      `buffer ${piece.buffer} has ${size} bytes, expected at least ${piece.end}; write the file again`,
    )
  }
}

/** Waits for every one, also where one fails: none may write into memory that is in use again. */
async function all(reads: readonly Promise<void>[]): Promise<void> {
  if (reads.length === 1) return reads[0]
  for (const outcome of await Promise.allSettled(reads)) {
    if (outcome.status === 'rejected') throw outcome.reason
  }
}
