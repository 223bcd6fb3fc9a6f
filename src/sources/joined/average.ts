import { modelError } from '../../core/errors.js'
import { N } from '../../dna/bases.js'
import { correctValues } from '../../dna/corrected-map.js'
import type { Averaging } from '../records/records.js'

type Map = Float32Array | Float64Array

/**
 * The mean over some maps of one sequence, in float64: of the corrected maps as they are, or each divided by its Frobenius norm.
 * A dead map counts as zeros; positions of N are 0. One object serves record after record.
 */
export class MapAverage {
  private room = new Float64Array(0)
  private corrected = new Float64Array(0)

  /** @param models Names of the models, for errors. */
  constructor(
    private readonly how: Averaging,
    private readonly models: readonly string[] = [],
  ) {}

  /** Valid until the next call. Error: `record`, for a value that is not finite or too large to square. */
  of(maps: readonly Map[], sequence: Uint8Array): Float64Array {
    const size = 4 * sequence.length
    if (this.room.length !== size) {
      this.room = new Float64Array(size)
      this.corrected = new Float64Array(size)
    }
    const { room: mean, corrected } = this
    mean.fill(0)
    for (const [m, map] of maps.entries()) {
      try {
        correctValues(map, corrected)
      } catch (error) {
        throw modelError(this.models[m] ?? `model ${m}`, error)
      }
      const norm = this.how === 'l2' ? normOf(corrected, sequence) : 1
      if (norm > 0) for (let p = 0; p < size; p++) mean[p] += corrected[p] / norm
    }
    for (let p = 0; p < size; p++) mean[p] /= maps.length
    for (let i = 0; i < sequence.length; i++) if (sequence[i] >= N) mean.fill(0, 4 * i, 4 * i + 4)
    return mean
  }
}

/** Frobenius norm, positions of N left out; of the largest value first, so that no square vanishes. */
function normOf(values: Float64Array, sequence: Uint8Array): number {
  let largest = 0
  for (let p = 0; p < values.length; p++) {
    if (sequence[p >> 2] < N) largest = Math.max(largest, Math.abs(values[p]))
  }
  if (largest === 0) return 0
  let sum = 0
  for (let p = 0; p < values.length; p++) {
    if (sequence[p >> 2] < N) sum += (values[p] / largest) ** 2
  }
  return largest * Math.sqrt(sum)
}
