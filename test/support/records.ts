import type { AttributionRecord, Batch, BatchSize, Range, Source, Truth } from '../../src/core/types.js'
import { encodeBases } from '../../src/dna/bases.js'
import { CHECK_MULTIPLIER, fnv1a } from '../../src/core/hash.js'
import type { NumpyArray } from './npz.js'

const encoder = new TextEncoder()

/** A record of a map given position-major, with both hashes of its id. */
export function recordOf(
  id: string,
  sequence: string | Uint8Array,
  attribution: ArrayLike<number>,
  more: { truth?: Truth | undefined; model?: string } = {},
): AttributionRecord {
  const bytes = encoder.encode(id)
  return {
    id,
    idHash: fnv1a(bytes),
    idCheck: fnv1a(bytes, 0, bytes.length, CHECK_MULTIPLIER),
    sequence: typeof sequence === 'string' ? encodeBases(sequence) : sequence,
    attribution: attribution instanceof Float32Array ? attribution : Float64Array.from(attribution),
    where: { id },
    ...more,
  }
}

/** Base codes of row `row` of one-hot sequences of shape (N, L, 4) or (N, 4, L); all zeros is N. */
export function oneHotRow(oneHot: NumpyArray, row: number): Uint8Array {
  const matrix = matrixRow(oneHot, row)
  return Uint8Array.from({ length: matrix.length / 4 }, (_, i) => {
    const base = matrix.subarray(4 * i, 4 * i + 4).indexOf(1)
    return base < 0 ? 4 : base
  })
}

/** Row `row` of maps of shape (N, L, 4) or (N, 4, L), position-major. */
export function matrixRow(maps: NumpyArray, row: number): Float32Array | Float64Array {
  const [, rows, columns] = maps.shape
  const size = rows * columns
  const own = maps.values.subarray(row * size, (row + 1) * size)
  const matrix = maps.values instanceof Float64Array ? new Float64Array(size) : new Float32Array(size)
  for (let at = 0; at < size; at++) matrix[at] = own[columns === 4 ? at : (at & 3) * columns + (at >> 2)]
  return matrix
}

/** Records of maps and one-hot sequences; ids are row numbers as text. */
export function recordsOf(maps: NumpyArray, oneHot: NumpyArray): AttributionRecord[] {
  return Array.from({ length: maps.shape[0] }, (_, row) =>
    recordOf(String(row), oneHotRow(oneHot, row), matrixRow(maps, row)),
  )
}

/** Records in memory as a source of batches of `batchSize`. */
export function memorySource<R>(records: readonly R[], batchSize: number): Source<R> {
  const batches: BatchSize[] = []
  for (let start = 0; start < records.length; start += batchSize) {
    batches.push({ rows: Math.min(batchSize, records.length - start), bytes: 0 })
  }
  return {
    name: 'memory',
    format: 'records in memory',
    batches,
    fingerprint: () => Promise.resolve(`memory/${records.length}/${batchSize}`),
    close: () => Promise.resolve(),
    async *read(range?: Range): AsyncGenerator<Batch<R>> {
      for (let index = range?.start ?? 0; index < (range?.end ?? batches.length); index++) {
        const rows = { start: index * batchSize, end: Math.min((index + 1) * batchSize, records.length) }
        yield {
          index,
          rows,
          forEach: visit => records.slice(rows.start, rows.end).forEach(record => visit(record)),
        }
      }
    },
  }
}
