import type { Bytes } from '../../io/bytes.js'

/** The bytes of one `.npy` file, by itself or within an archive. */
export interface Member {
  /** What messages call it, and arrays are named by: the archive's entry without `.npy`, `arr_0` for a lone file. */
  readonly name: string
  readonly size: number
  /** Reads all of it where it is packed, so that reading from the middle means reading all before it too. Errors: `damaged`, `io`. */
  readonly unpack?: (() => Promise<Uint8Array>) | undefined
  /** A reader of its own, for one read at a time. */
  open(): MemberReader
}

export interface MemberReader {
  /** Fills `into` with the bytes from `position` on. Errors: `damaged`, `io`. */
  read(into: Uint8Array, position: number): Promise<void>
  /** Gives up what is held between reads. */
  close(): void
}

/** A file that is the array itself. */
export function completeFile(bytes: Bytes): Member {
  return {
    name: 'arr_0',
    size: bytes.size,
    open: () => ({ read: (into, position) => bytes.read(into, position), close: () => {} }),
  }
}
