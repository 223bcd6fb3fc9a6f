import { pipeline, Readable } from 'node:stream'
import { createInflateRaw, type InflateRaw } from 'node:zlib'
import type { Bytes } from '../../io/bytes.js'
import { Checksum } from './checksum.js'
import { cannotInflate, type Deflated, endsEarly, goesOn } from './deflated.js'
import type { MemberReader } from './member.js'

/** Bytes taken from the archive at once, and given back inflated at once. */
const PIECE = 2 ** 18
/** The first piece: who asks for a header alone is not to wait for much more. Each further one is four times as large. */
const FIRST_PIECE = 2 ** 12

/**
 * Reads a deflated entry forwards. Going on from where the last read ended is free; anything further ahead is inflated
 * and thrown away (some 300 MB/s), and anything before begins again at the entry's start. Memory is a piece each way.
 */
export class Inflater implements MemberReader {
  private stream: InflateRaw | undefined
  private chunks: AsyncIterator<Uint8Array> | undefined
  private rest: Uint8Array = new Uint8Array(0)
  private position = 0
  private readonly checksum: Checksum

  constructor(
    private readonly bytes: Bytes,
    private readonly entry: Deflated,
  ) {
    this.checksum = new Checksum(entry.size, entry.crc, entry.name)
  }

  async read(into: Uint8Array, position: number): Promise<void> {
    if (this.stream === undefined || position < this.position) this.restart()
    while (this.position < position) await this.take(position - this.position, undefined)
    let done = 0
    while (done < into.length) done += await this.take(into.length - done, into.subarray(done))
    if (position + into.length === this.entry.size) await this.expectEnd()
  }

  close(): void {
    this.stream?.destroy()
    this.stream = undefined
  }

  private restart(): void {
    this.close()
    const stream = createInflateRaw({ chunkSize: PIECE })
    this.stream = stream
    this.position = 0
    this.rest = new Uint8Array(0)
    this.checksum.restart()
    this.chunks = (stream as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]()
    // What goes wrong on the way in comes out of the stream.
    pipeline(Readable.from(this.pieces(), { objectMode: false }), stream, () => {})
  }

  private async *pieces(): AsyncGenerator<Uint8Array> {
    const { start, packedSize } = this.entry
    let size = FIRST_PIECE
    for (let at = 0; at < packedSize; at += size, size = Math.min(PIECE, 4 * size)) {
      const piece = new Uint8Array(Math.min(size, packedSize - at))
      await this.bytes.read(piece, start + at)
      yield piece
    }
  }

  /** Takes at most `most` bytes, into `into` where it is given, and says how many. */
  private async take(most: number, into: Uint8Array | undefined): Promise<number> {
    if (this.rest.length === 0) this.rest = await this.next()
    const piece = this.rest.subarray(0, Math.min(most, this.rest.length))
    into?.set(piece)
    this.checksum.add(piece, this.position)
    this.position += piece.length
    this.rest = this.rest.subarray(piece.length)
    return piece.length
  }

  private async next(): Promise<Uint8Array> {
    const found = await this.chunk()
    if (found !== undefined) return found
    throw endsEarly(this.entry, this.position)
  }

  private async chunk(): Promise<Uint8Array | undefined> {
    try {
      const { value, done } = await (this.chunks as AsyncIterator<Uint8Array>).next()
      return done ? undefined : value
    } catch (error) {
      throw cannotInflate(this.entry, error)
    }
  }

  private async expectEnd(): Promise<void> {
    if (this.rest.length === 0 && (await this.chunk()) === undefined) return
    throw goesOn(this.entry)
  }
}
