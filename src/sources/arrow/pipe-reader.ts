import type { Readable } from 'node:stream'
import { DataError } from '../../core/errors.js'

/** Bytes as they come from a pipe, in the amounts asked for; the pipe is only read from when asked. */
export class PipeReader {
  readonly #stream: Readable
  readonly #chunks: AsyncIterator<Uint8Array>
  #chunk: Uint8Array = new Uint8Array(0)
  /** Bytes taken so far. */
  position = 0

  constructor(stream: Readable) {
    this.#stream = stream
    this.#chunks = stream.iterator({ destroyOnReturn: false }) as AsyncIterator<Uint8Array>
  }

  /** The next bytes, 1 to `most` of them; undefined at the end of the pipe. Valid until the next call. */
  async some(most: number): Promise<Uint8Array | undefined> {
    while (this.#chunk.length === 0) {
      let step: IteratorResult<Uint8Array>
      try {
        step = await this.#chunks.next()
      } catch (error) {
        throw new DataError('io', `cannot be read: ${(error as Error).message}; start again`, {}, error)
      }
      if (step.done === true) return undefined
      if (typeof step.value === 'string') {
        throw new DataError('format', 'gives text, expected bytes; set no encoding on the pipe')
      }
      this.#chunk = step.value
    }
    const taken = this.#chunk.subarray(0, most)
    this.#chunk = this.#chunk.subarray(taken.length)
    this.position += taken.length
    return taken
  }

  /** Fills `into` with the next bytes; the end of the pipe before that is a DataError `damaged`. */
  async fill(into: Uint8Array): Promise<void> {
    let done = 0
    while (done < into.length) {
      const bytes = await this.some(into.length - done)
      if (bytes === undefined) throw this.cut(into.length - done)
      into.set(bytes, done)
      done += bytes.length
    }
  }

  /** Reads no more; what is being waited for fails. */
  stop(): void {
    this.#stream.destroy()
  }

  /** The error of a pipe that ends while more bytes are due. */
  cut(missing: number): DataError {
    return new DataError(
      'damaged',
      `ends at byte ${this.position}, expected ${missing} more and the marker of the end; check what writes to the pipe`,
    )
  }
}
