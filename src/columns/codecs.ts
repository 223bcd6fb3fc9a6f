// To be written by the Parquet work: see the exported names.
import { DataError } from '../core/errors.js'

export type Codec = 'snappy' | 'gzip' | 'brotli' | 'zstd' | 'lz4-raw' | 'lz4-frame' | 'lz4-hadoop'

/** Readies the codecs that need it (WebAssembly). Await it once before the first `decompress`. */
export async function loadCodecs(): Promise<void> {}

/** The `size` bytes that `input` holds compressed. Any other length, or damaged input, is a DataError `damaged`. */
export function decompress(codec: Codec, input: Uint8Array, size: number): Uint8Array {
  throw new DataError('format', `${codec} ${input.length} ${size}`)
}
