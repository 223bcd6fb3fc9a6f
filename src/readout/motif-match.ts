import { mix32 } from '../core/hash.js'
import { informationOf, type MotifMatrix, reverseMatrix, sharesOf } from './matrix.js'
import {
  bestPlacement,
  type Deviations,
  deviationsOf,
  inOrder,
  possibleOffsets,
  productTable,
} from './similarity.js'

/** A known motif. */
export interface Motif {
  readonly id: string
  readonly name: string
  /** Shares or counts by position. */
  readonly matrix: MotifMatrix
}

/** The known motif that is most like a matrix. */
export interface MotifMatch {
  readonly id: string
  readonly name: string
  /** Pearson's r at the best offset and strand. */
  readonly similarity: number
  /** Where the first position of the matrix lies in the motif, on that strand; below 0 where it begins before it. */
  readonly offset: number
  readonly strand: '+' | '-'
  /** How often a collection of the same motifs, the positions of each shuffled, holds one as much alike. */
  readonly p: number
}

/** Positions that a matrix and a motif must at least share. */
const LEAST_OVERLAP = 4
/** Shuffled collections; p is then at least 1/200. */
export const SHUFFLES = 199
export const SHUFFLE_SEED = 1
/** Positions at the ends that tell less than this, in bits, are no part of a motif. */
const LEAST_BITS = 0.1

const EVEN = [0.25, 0.25, 0.25, 0.25]

/** A matrix without the ends that tell nothing, and how many positions were cut off in front. */
export function trimmed(counts: MotifMatrix): { matrix: MotifMatrix; start: number } {
  const tells = sharesOf(counts).map(column => informationOf(column, EVEN) >= LEAST_BITS)
  const start = tells.indexOf(true)
  return start < 0
    ? { matrix: [], start: 0 }
    : { matrix: counts.slice(start, tells.lastIndexOf(true) + 1), start }
}

/** A collection of known motifs to look matrices up in. */
export class MotifIndex {
  /** Strand + and - of each motif in turn. */
  private readonly strands: readonly Deviations[]

  constructor(readonly motifs: readonly Motif[]) {
    this.strands = motifs.flatMap(({ matrix }) => {
      const shares = sharesOf(matrix)
      return [deviationsOf(shares), deviationsOf(reverseMatrix(shares))]
    })
  }

  /**
   * The motif most like a matrix, by `bestPlacement`, with the p-value of the best of the whole collection: (1 + shuffled
   * collections that reach it) / (1 + 199). undefined where the matrix tells too little to be looked up.
   */
  best(counts: MotifMatrix): MotifMatch | undefined {
    const { matrix, start } = trimmed(counts)
    if (matrix.length < LEAST_OVERLAP || this.motifs.length === 0) return undefined
    const query = deviationsOf(sharesOf(matrix))
    const tables = this.strands.map(strand => productTable(query, strand))
    let best = { similarity: -1, offset: 0, strand: 0 }
    for (const [s, strand] of this.strands.entries()) {
      const found = bestPlacement(
        query,
        strand,
        tables[s],
        inOrder(strand.width),
        possibleOffsets(query, strand.width, LEAST_OVERLAP),
      )
      if (found.similarity > best.similarity) best = { ...found, strand: s }
    }
    const { id, name } = this.motifs[best.strand >> 1]
    return {
      id,
      name,
      similarity: best.similarity,
      offset: best.offset - start,
      strand: best.strand % 2 === 0 ? '+' : '-',
      p: (1 + this.reached(query, tables, best.similarity)) / (1 + SHUFFLES),
    }
  }

  /** How many of the shuffled collections hold a motif at least as similar. */
  private reached(query: Deviations, tables: readonly Float64Array[], similarity: number): number {
    const random = generator(SHUFFLE_SEED)
    const orders = this.strands.map(({ width }) => inOrder(width))
    const offsets = this.strands.map(({ width }) => possibleOffsets(query, width, LEAST_OVERLAP, similarity))
    let reached = 0
    for (let round = 0; round < SHUFFLES; round++) {
      let found = false
      for (let s = 0; s < this.strands.length; s += 2) {
        const order = orders[s]
        shuffle(order, random)
        if (found || offsets[s].length === 0) continue // every round draws as many numbers
        const reversed = orders[s + 1]
        for (let i = 0; i < order.length; i++) reversed[i] = order.length - 1 - order[order.length - 1 - i]
        for (let strand = s; strand < s + 2; strand++) {
          const placed = bestPlacement(
            query,
            this.strands[strand],
            tables[strand],
            orders[strand],
            offsets[strand],
          )
          found ||= placed.similarity >= similarity
        }
      }
      if (found) reached++
    }
    return reached
  }
}

/** Numbers in [0, 1) of a counter, hashed. */
function generator(seed: number): () => number {
  let counter = Math.imul(seed, 0x9e3779b9)
  return () => mix32((counter = (counter + 0x9e3779b9) | 0)) / 2 ** 32
}

/** Puts positions into another order (Fisher and Yates). */
function shuffle(order: Int32Array, random: () => number): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const swap = order[i]
    order[i] = order[j]
    order[j] = swap
  }
}
