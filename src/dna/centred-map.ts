import { N } from './bases.js'
import { allocateCorrected, type CorrectedArrays, mapCorrector, unusableValue } from './corrected-map.js'
import { QuantileSelector } from './quantile-selector.js'

/** Below this part of the corrected map's norm what is left after centring is rounding. */
const LEAST_NORM = 1e-12

const BASES = 4
const AXES = 3

/**
 * A corrected map whose mean over the positions of each observed base is taken off: what is left of it if all that goes with
 * the base alone is left out. Positions of N are 0. One object for all maps of a model.
 */
export class CentredMap {
  /** Coordinates of the centred vectors in an orthonormal basis, by position; longer than the map. */
  private vectors: CorrectedArrays = allocateCorrected(0)
  /** Means taken off, by base and axis. */
  private readonly means = new Float64Array(BASES * AXES)
  private readonly totals = { magnitude: 0, square: 0, unknown: 0, scale: 1 }
  private readonly selector = new QuantileSelector()
  private readonly correct = mapCorrector('gram-schmidt')
  /** Attributed positions, ascending: the first `attributed`. */
  private attributed = 0
  /** Norms of the corrected and of the centred map, both times the scale. */
  private norm = 0
  private centredNorm = 0
  private length = 0

  constructor(private readonly q: number) {}

  /** No position that is not N has a magnitude above 0. */
  get dead(): boolean {
    return !(this.totals.square > 0)
  }

  /** Frobenius norm of the corrected map, N left out. */
  get magnitude(): number {
    return this.norm / this.totals.scale
  }

  /** Error: `record`, for values that are not finite, or too large to square. */
  load(attribution: Float32Array | Float64Array, sequence: Uint8Array, counts: CountsOfBases): void {
    const { length } = sequence
    if (this.vectors.e1.length < length) this.vectors = allocateCorrected(length)
    const { vectors, totals } = this
    if (!this.correct(attribution, sequence, vectors, totals)) throw unusableValue(attribution)
    this.length = length
    this.attributed = 0
    this.norm = 0
    this.centredNorm = 0
    if (this.dead) return
    const expected = (totals.magnitude / length) ** 2
    this.attributed = this.selector.select(vectors.squares, 0, length, totals.unknown, this.q, expected)
    const centred = this.centre(sequence, counts)
    this.norm = Math.sqrt(centred + this.withMeans(this, counts))
    this.centredNorm = Math.sqrt(centred)
  }

  /** Cosine with another map of the same sequence; NaN if either is dead. */
  cosine(other: CentredMap, product: number, counts: CountsOfBases): number {
    if (this.dead || other.dead) return Number.NaN
    return (product + this.withMeans(other, counts)) / (this.norm * other.norm)
  }

  /** The same of the centred maps; NaN if nothing but rounding is left of either. */
  agreement(other: CentredMap, product: number): number {
    if (this.isEmpty() || other.isEmpty()) return Number.NaN
    return product / (this.centredNorm * other.centredNorm)
  }

  /** Sum over positions of the products of the centred vectors. */
  product(other: CentredMap): number {
    const { e1, e2, e3 } = this.vectors
    const { e1: f1, e2: f2, e3: f3 } = other.vectors
    let even = 0
    let odd = 0
    let i = 0
    for (; i + 1 < this.length; i += 2) {
      even += e1[i] * f1[i] + e2[i] * f2[i] + e3[i] * f3[i]
      odd += e1[i + 1] * f1[i + 1] + e2[i + 1] * f2[i + 1] + e3[i + 1] * f3[i + 1]
    }
    if (i < this.length) even += e1[i] * f1[i] + e2[i] * f2[i] + e3[i] * f3[i]
    return even + odd
  }

  /** Kappa of the attributed positions of both; NaN if chance leaves nothing to agree upon. */
  overlap(other: CentredMap): number {
    const [a, b] = [this.attributed, other.attributed]
    const expected = (a * b) / (this.length - this.totals.unknown)
    const most = Math.min(a, b) - expected
    return most > 0 ? (this.common(other) - expected) / most : Number.NaN
  }

  private common(other: CentredMap): number {
    const [p, r] = [this.selector.positions, other.selector.positions]
    let common = 0
    for (let i = 0, j = 0; i < this.attributed && j < other.attributed; ) {
      const [x, y] = [p[i], r[j]]
      if (x === y) common++
      if (x <= y) i++
      if (y <= x) j++
    }
    return common
  }

  private isEmpty(): boolean {
    return !(this.centredNorm > LEAST_NORM * this.norm)
  }

  /** Takes the means off, and 0 at N; returns the sum of squares of what is left. */
  private centre(sequence: Uint8Array, counts: CountsOfBases): number {
    const { means } = this
    const { e1, e2, e3 } = this.vectors
    means.fill(0)
    for (let i = 0; i < this.length; i++) {
      const base = sequence[i]
      if (base >= N) {
        e1[i] = e2[i] = e3[i] = 0
        continue
      }
      const at = AXES * base
      means[at] += e1[i]
      means[at + 1] += e2[i]
      means[at + 2] += e3[i]
    }
    for (let m = 0; m < means.length; m++) means[m] /= Math.max(1, counts[Math.floor(m / AXES)])
    for (let i = 0; i < this.length; i++) {
      if (sequence[i] >= N) continue
      const at = AXES * sequence[i]
      e1[i] -= means[at]
      e2[i] -= means[at + 1]
      e3[i] -= means[at + 2]
    }
    return this.product(this)
  }

  /** What the means of both add to the product of the maps. */
  private withMeans({ means }: CentredMap, counts: CountsOfBases): number {
    let sum = 0
    for (let m = 0; m < means.length; m++) sum += counts[Math.floor(m / AXES)] * this.means[m] * means[m]
    return sum
  }
}

/** How many positions have each of the four bases. */
export type CountsOfBases = Float64Array

/** Counts the bases of a sequence. */
export function addBaseCounts(sequence: Uint8Array, counts: CountsOfBases): void {
  counts.fill(0)
  for (let i = 0; i < sequence.length; i++) if (sequence[i] < N) counts[sequence[i]]++
}
