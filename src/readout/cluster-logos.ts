import { CONTEXT, FLANK } from '../dna/flanks.js'
import { normalise } from '../stats/divergence.js'
import { chiSquareTail3 } from '../stats/tails.js'
import { type CellGrid, clusterCells } from './clusters.js'
import { type MotifMatrix, preferredBases } from './matrix.js'
import { trimmed } from './motif-match.js'

/** A cluster of the heaviest angular cells, and the bases around the points that fell there. */
export interface Cluster {
  /** Azimuth and polar angle of its heaviest cell's middle, in rad. */
  readonly azimuth: number
  readonly theta: number
  /** Cells by number, the heaviest first. */
  readonly cells: readonly number[]
  readonly points: number
  /** Its part of the sum of P ln(P/Q) over its cells. */
  readonly contribution_nats: number
  /** The same divided by the KLD: shares add up to more than 1, for cells below the prior take off. */
  readonly share: number
  /** Consensus of the matrix, flanks without information left out; null if no position has a preferred base. */
  readonly consensus: string | null
  /** Bases at -5 to +5 from the middle of the points' windows. */
  readonly matrix: MotifMatrix
  /** That the bases next to the window are those of the sequences at large, times positions and clusters (Bonferroni). */
  readonly p_adjusted: number
}

/** What clusters are made from. */
export interface AngularEvidence {
  readonly grid: CellGrid
  /** Radians of a bin of the azimuth and of theta. */
  readonly bins: readonly [azimuth: number, theta: number]
  /** P ln(P/Q) of every cell that enters the KLD, 0 elsewhere. */
  readonly contributions: Float64Array
  readonly kld: number
  readonly contexts: Float64Array
  readonly bases: Float64Array
  /** Positions of a window. */
  readonly window: number
}

/** A hill is one of its own from one and a half times the height of the saddle on. */
const PROMINENCE = 1.5
/** Hills below this share of the KLD are not looked at: thousands of single cells would be. */
const LEAST_SHARE = 0.002

/**
 * The clusters of an angular density with what lies around their points.
 *
 * Whether a cluster is more than chance is decided by the bases next to its points' windows: a direction is computed from the
 * window alone, so in maps that have nothing to do with the sequence the bases next to it are those of the sequences at large.
 * Each position next to the window is held against them by a G-test (3 degrees of freedom), its counts divided by the
 * window's width because windows that overlap are points together. A window of 11 or more leaves nothing to test: p is 1.
 */
export function readClusters(evidence: AngularEvidence): Cluster[] {
  const { grid, bins, contributions, kld, contexts, bases, window } = evidence
  const background = normalise(bases)
  const clusters = clusterCells(contributions, grid, PROMINENCE)
    .map(cells => ({ cells, contribution: cells.reduce((sum, cell) => sum + contributions[cell], 0) }))
    .filter(({ contribution }) => contribution >= LEAST_SHARE * kld)
  const outer = beside(window)
  return clusters.map(({ cells, contribution }) => {
    const matrix = sumContexts(cells, contexts)
    const tails = outer.map(i => tailOf(matrix[i], background, window))
    const [top] = cells
    return {
      azimuth: (Math.floor(top / grid.thetas) + 0.5) * bins[0] - Math.PI,
      theta: ((top % grid.thetas) + 0.5) * bins[1],
      cells,
      points: matrix[FLANK].reduce((sum, count) => sum + count, 0),
      contribution_nats: contribution,
      share: contribution / kld,
      consensus: preferredBases(trimmed(matrix).matrix),
      matrix,
      p_adjusted: Math.min(1, Math.min(1, ...tails) * outer.length * clusters.length),
    }
  })
}

/** Positions of a context that no window of this width about its centre covers. */
function beside(window: number): number[] {
  const start = FLANK - Math.floor((window - 1) / 2)
  return Array.from({ length: CONTEXT }, (_, i) => i).filter(i => i < start || i >= start + window)
}

function sumContexts(cells: readonly number[], contexts: Float64Array): [number, number, number, number][] {
  return Array.from({ length: CONTEXT }, (_, i) => {
    const column: [number, number, number, number] = [0, 0, 0, 0]
    for (const cell of cells) for (let b = 0; b < 4; b++) column[b] += contexts[(cell * CONTEXT + i) * 4 + b]
    return column
  })
}

function tailOf(counts: readonly number[], background: Float64Array, window: number): number {
  const total = counts.reduce((sum, count) => sum + count, 0)
  let g = 0
  for (let b = 0; b < 4; b++)
    if (counts[b] > 0) g += counts[b] * Math.log(counts[b] / (total * background[b]))
  return chiSquareTail3((2 * g) / window)
}
