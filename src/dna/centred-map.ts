import { N } from './bases.js'
import { allocateCorrected, type CorrectedArrays, mapCorrector, unusableValue } from './corrected-map.js'
import { QuantileSelector } from './quantiles/quantile-selector.js'

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
  load(attribution: Float32Array | Float64Array, sequence: Uint8Array, bases: BasePositions): void {
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
    this.centre(bases)
    const centred = this.product(this)
    this.norm = Math.sqrt(centred + this.withMeans(this, bases))
    this.centredNorm = Math.sqrt(centred)
  }

  /** Cosine with another map of the same sequence; NaN if either is dead. */
  cosine(other: CentredMap, product: number, bases: BasePositions): number {
    if (this.dead || other.dead) return Number.NaN
    return (product + this.withMeans(other, bases)) / (this.norm * other.norm)
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

  /** Takes the means off, and leaves 0 at N. */
  private centre({ positions, starts }: BasePositions): void {
    const { means } = this
    const { e1, e2, e3 } = this.vectors
    for (let base = 0; base < BASES; base++) {
      const [start, end] = [starts[base], starts[base + 1]]
      let [x, y, z] = [0, 0, 0]
      for (let n = start; n < end; n++) {
        const i = positions[n]
        x += e1[i]
        y += e2[i]
        z += e3[i]
      }
      const count = Math.max(1, end - start)
      x /= count
      y /= count
      z /= count
      for (let n = start; n < end; n++) {
        const i = positions[n]
        e1[i] -= x
        e2[i] -= y
        e3[i] -= z
      }
      means[AXES * base] = x
      means[AXES * base + 1] = y
      means[AXES * base + 2] = z
    }
    for (let n = starts[N]; n < starts[N + 1]; n++) {
      const i = positions[n]
      e1[i] = e2[i] = e3[i] = 0
    }
  }

  /** What the means of both add to the product of the maps. */
  private withMeans({ means }: CentredMap, { starts }: BasePositions): number {
    let sum = 0
    for (let base = 0; base < BASES; base++) {
      let product = 0
      for (let axis = 0; axis < AXES; axis++)
        product += this.means[AXES * base + axis] * means[AXES * base + axis]
      sum += (starts[base + 1] - starts[base]) * product
    }
    return sum
  }
}

/** The positions of a sequence by their base, those of N last: base b has `positions` [starts[b], starts[b + 1]). */
export class BasePositions {
  positions = new Int32Array(0)
  readonly starts = new Int32Array(BASES + 2)
  private readonly next = new Int32Array(BASES + 1)

  /** Takes the place of those of the sequence before. */
  of(sequence: Uint8Array): void {
    const { length } = sequence
    if (this.positions.length < length) this.positions = new Int32Array(length)
    const { positions, starts, next } = this
    next.fill(0)
    for (let i = 0; i < length; i++) next[sequence[i]]++
    starts[0] = 0
    for (let base = 0; base <= BASES; base++) {
      starts[base + 1] = starts[base] + next[base]
      next[base] = starts[base]
    }
    for (let i = 0; i < length; i++) positions[next[sequence[i]]++] = i
  }
}
