import { halfBits } from '../../kernels/float16.js'
import type { MapElement, MapRows, MapValues } from '../../core/map-table.js'
import { LETTER_BYTES } from '../../dna/bases.js'
import { syntheticMaps } from './attributions.js'
import { checkOptions, type SyntheticOptions } from './options.js'
import { syntheticSequences } from './sequences.js'

export interface PopulationOptions extends SyntheticOptions {
  readonly records: number
  /** Rows handed over at a time; about 8 MB of maps where undefined. */
  readonly batchRows?: number | undefined
  readonly element: MapElement
  readonly truth: boolean
}

/** Bytes of maps in a batch, by default: what readers hold at least. */
const BATCH = 2 ** 23
const WIDTHS = { float16: 2, float32: 4, float64: 8 } as const

/** Rows of a batch where none are asked for. */
function usualRows(length: number, element: MapElement): number {
  return Math.max(1, Math.min(4096, Math.floor(BATCH / (4 * length * WIDTHS[element]))))
}

/**
 * The records of a synthetic population, some at a time; the arrays are reused. Ids are `pos<row>` and `neg<row>`, by the
 * class of the sequence. A row depends on the seeds and its number alone, so that a larger population begins with the
 * smaller one.
 *
 * Errors: `usage`, for options that do not go together.
 */
export function syntheticPopulation(options: PopulationOptions): () => AsyncGenerator<MapRows> {
  checkOptions(options)
  const { records, length, element } = options
  const rows = Math.min(options.batchRows ?? usualRows(length, element), Math.max(1, records))
  return async function* () {
    const sequenceOf = syntheticSequences(options)
    const mapOf = syntheticMaps(options)
    const values = (): MapValues =>
      element === 'float16'
        ? new Uint16Array(4 * length * rows)
        : element === 'float32'
          ? new Float32Array(4 * length * rows)
          : new Float64Array(4 * length * rows)
    const letters = new Uint8Array(length * rows)
    const attributions = values()
    const truth = options.truth ? values() : undefined
    const map = element === 'float64' ? new Float64Array(4 * length) : new Float32Array(4 * length)
    const offsets = Int32Array.from({ length: rows + 1 }, (_, row) => row * length)
    const fours = offsets.map(at => 4 * at)
    const put = (into: MapValues, at: number, from: Float32Array | Float64Array) => {
      if (into instanceof Uint16Array) for (let p = 0; p < from.length; p++) into[at + p] = halfBits(from[p])
      else into.set(from, at)
    }
    for (let first = 0; first < records; first += rows) {
      const count = Math.min(rows, records - first)
      const ids: string[] = []
      for (let j = 0; j < count; j++) {
        const row = first + j
        const sequence = sequenceOf(row)
        mapOf(row, sequence, map)
        ids.push(`${sequence.positive ? 'pos' : 'neg'}${row}`)
        for (let i = 0; i < length; i++) letters[j * length + i] = LETTER_BYTES[sequence.codes[i]]
        put(attributions, 4 * j * length, map)
        if (truth !== undefined) put(truth, 4 * j * length, sequence.truth)
      }
      yield {
        ids,
        offsets: offsets.subarray(0, count + 1),
        letters: letters.subarray(0, count * length),
        attributions: attributions.subarray(0, 4 * count * length),
        truth: truth && {
          offsets: fours.subarray(0, count + 1),
          values: truth.subarray(0, 4 * count * length),
        },
      }
    }
  }
}
