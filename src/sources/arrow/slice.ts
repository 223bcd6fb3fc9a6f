import type { Range } from '../../core/types.js'
import type { Arena } from './arena.js'
import { NOTHING, type Piece } from './body.js'
import type { Layout } from './messages.js'
import type { ArrowColumn } from './schema.js'

/** Rows of one record batch, and the memory that their arrays are made in. */
export interface Slice {
  readonly layout: Layout
  readonly rows: Range
  readonly arena: Arena
}

/** A column on its way from pieces of buffers: yields the pieces that it needs next, returns when it has all. */
export type Decoding<T> = Generator<Piece[], T, void>

/** Where the nodes and buffers of a column begin in its record batch. */
export interface Place {
  readonly node: number
  readonly buffer: number
  /** Number of data buffers, where the column has views. */
  readonly dataBuffers: number
}

export function nodePlace(column: ArrowColumn, layout: Layout): Place {
  const { nodes, buffers, views } = column.place
  let before = 0
  for (let i = 0; i < views; i++) before += layout.variadic[i]
  const dataBuffers = column.takes.views > 0 ? layout.variadic[views] : 0
  return { node: nodes, buffer: buffers + before, dataBuffers }
}

/** The numbers of all buffers of a column. */
export function buffersOf(column: ArrowColumn, layout: Layout): number[] {
  const place = nodePlace(column, layout)
  return Array.from({ length: column.takes.buffers + place.dataBuffers }, (_, i) => place.buffer + i)
}

/** Items `start` to `end` of a buffer of `count` items of `width` bytes. */
export function items(buffer: number, range: Range, width: number, count: number): Piece {
  return {
    buffer,
    start: range.start * width,
    end: range.end * width,
    whole: count * width,
    bytes: NOTHING,
  }
}

/** The bytes that hold bits `start` to `end` of a buffer of `count` bits. */
export function bits(buffer: number, range: Range, count: number): Piece {
  const end = Math.ceil(range.end / 8)
  const start = Math.min(end, Math.floor(range.start / 8))
  return { buffer, start, end, whole: Math.ceil(count / 8), bytes: NOTHING }
}

interface ArrayType<T> {
  readonly BYTES_PER_ELEMENT: number
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): T
}

/** Bytes as numbers: a view where they are aligned, else a copy. */
export function asArray<T>(type: ArrayType<T>, bytes: Uint8Array, arena: Arena): T {
  const width = type.BYTES_PER_ELEMENT
  let aligned = bytes
  if (bytes.byteOffset % width !== 0) {
    aligned = arena.take(bytes.length)
    aligned.set(bytes)
  }
  return new type(aligned.buffer, aligned.byteOffset, aligned.length / width)
}

/** A new array in the arena, of unspecified content. */
export function newArray<T>(type: ArrayType<T>, length: number, arena: Arena): T {
  return asArray(type, arena.take(length * type.BYTES_PER_ELEMENT), arena)
}
