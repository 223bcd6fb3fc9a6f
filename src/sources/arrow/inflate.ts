import { decompress, LARGEST } from '../../io/codecs.js'
import { DataError } from '../../core/errors.js'
import type { Arena } from './arena.js'
import { type Body, checkInside, NOTHING, type Piece, completeBuffer } from './body.js'
import type { BodyCodec, Layout } from './messages.js'

/** A buffer starts with its length as int64; this one says that it is stored as it is. */
const STORED = -1n

/** Buffers may be longer than rows and type need, padded or not trimmed to a slice, but not by more than this. */
const SLACK = { factor: 16, bytes: 2 ** 20 }

/** A compressed body: each buffer is decompressed when first asked for and kept as long as the body. */
export class InflatedBody implements Body {
  readonly #packed: Body
  readonly #codec: BodyCodec
  readonly #layout: Layout
  readonly #scratch: Arena
  readonly #inflated = new Map<number, Uint8Array>()

  /** Compressed bytes pass through `scratch`, which one body after another may use. */
  constructor(packed: Body, codec: BodyCodec, layout: Layout, scratch: Arena) {
    this.#packed = packed
    this.#codec = codec
    this.#layout = layout
    this.#scratch = scratch
  }

  async load(pieces: readonly Piece[]): Promise<void> {
    const missing = new Map<number, number | undefined>()
    for (const { buffer, whole } of pieces) if (!this.#inflated.has(buffer)) missing.set(buffer, whole)
    if (missing.size > 0) {
      const packed = [...missing.keys()].map(buffer => completeBuffer(buffer, this.#layout.sizes[buffer]))
      this.#scratch.reset()
      await this.#packed.load(packed, this.#scratch)
      for (const { buffer, bytes } of packed) {
        this.#inflated.set(buffer, inflate(buffer, bytes, this.#codec, missing.get(buffer)))
      }
    }
    for (const piece of pieces) {
      const bytes = this.#inflated.get(piece.buffer) ?? NOTHING
      checkInside(piece, bytes.length)
      piece.bytes = bytes.subarray(piece.start, piece.end)
    }
  }
}

function inflate(
  buffer: number,
  packed: Uint8Array,
  codec: BodyCodec,
  whole: number | undefined,
): Uint8Array {
  if (packed.length === 0) return packed
  if (packed.length < 8) {
    throw new DataError(
      'damaged',
      `compressed buffer ${buffer} has ${packed.length} bytes, expected at least 8; write the file again`,
    )
  }
  const said = new DataView(packed.buffer, packed.byteOffset).getBigInt64(0, true)
  const rest = packed.subarray(8)
  if (said === STORED) return rest.slice()
  const size = Number(said)
  const most = whole === undefined ? Number.POSITIVE_INFINITY : whole * SLACK.factor + SLACK.bytes
  if (size < 0 || size > most) {
    throw new DataError(
      'damaged',
      `compressed buffer ${buffer} claims ${said} bytes, expected 0 to ${most}; write the file again`,
    )
  }
  if (size > LARGEST) {
    throw new DataError(
      'format',
      `compressed buffer ${buffer} holds ${size} bytes, expected up to ${LARGEST}; write the file again in smaller record batches`,
    )
  }
  return size === 0 ? NOTHING : decompress(codec, rest, size)
}
