import type { RowOf, Row, Table } from '../core/table.js'
import type { Stage } from '../core/types.js'
import { isProjected, allocateSquares } from '../dna/corrected-map.js'
import { kmersWithin } from '../dna/kmers.js'
import { locusOf } from '../dna/locus.js'
import { BED_COLUMNS, bedCells, NO_LOCUS, PLACE_COLUMNS, placeCells } from '../dna/locus-columns.js'
import { type TruthAgreement, truthMeter } from '../dna/truth-agreement.js'
import type { RunsRecord } from '../dna/records.js'
import {
  type Normalisation,
  normOf,
  squareWindows,
  sumWindow,
  type WindowKind,
  windowSpan,
} from '../dna/windows.js'

const COLUMNS = {
  id: 'text',
  /** Bases of the sequence, and how many of them are N. */
  length: 'whole',
  unknown: 'whole',
  /** No position has a magnitude above 0. */
  dead: 'flag',
  /** At most one channel is not zero at any position: the map is attribution times one-hot. */
  projected: 'flag',
  /** Sum of the magnitudes of the corrected map, N left out. */
  magnitude: 'real',
  /** The magnitude that attributed positions exceed; null for a dead map. */
  cut: 'real',
  /** How many do. */
  attributed: 'whole',
  /** Attributed runs, the positions that they cover, and the k-mers without an N inside them. */
  runs: 'whole',
  run_positions: 'whole',
  attributed_kmers: 'whole',
  /** Position of the window of the largest radius, its radius, and its direction in rad; null where there is none. */
  strongest: 'whole',
  radius: 'real',
  /** Polar angle in [0, π]. */
  theta: 'real',
  /** Azimuth in (-π, π]. */
  phi: 'real',
  /**
   * Agreement with ground truth, where the record has it; null where there is nothing to measure: mean score of the
   * positions of motifs, mean of the ten largest of the background, their ratio, and areas of the ranking.
   */
  signal: 'real',
  noise: 'real',
  snr: 'real',
  auroc: 'real',
  aupr: 'real',
  /** The place on the genome, 0-based and half-open, where the id names one; see `locusOf`. */
  ...PLACE_COLUMNS,
  /** The file that the record is from. */
  file: 'text',
} as const

export type FeatureRow = RowOf<typeof COLUMNS>

/** Features of maps, a row each. As BED a record without a place on the genome spans its own sequence. */
export const FEATURE_TABLE: Table<typeof COLUMNS> = {
  schema: 'attrstream.features/1',
  columns: COLUMNS,
  bed: {
    columns: {
      ...BED_COLUMNS,
      magnitude: 'real',
      cut: 'real',
      runs: 'whole',
      attributed_kmers: 'whole',
      theta: 'real',
      phi: 'real',
    },
    line: bedLine,
  },
}

/** The score is the share of positions that runs cover. */
function bedLine(row: FeatureRow): Row {
  const { length, run_positions, magnitude, cut, runs, attributed_kmers, theta, phi } = row
  return {
    ...bedCells(row, 0, length, length ? (1000 * (run_positions ?? 0)) / length : 0),
    magnitude,
    cut,
    runs,
    attributed_kmers,
    theta,
    phi,
  }
}

export interface FeatureOptions {
  /** Length of the attributed k-mers counted. */
  readonly k: number
  readonly width: number
  readonly kind: WindowKind
  readonly reduce: 'mean' | 'sum'
  readonly normalise: Normalisation
}

/**
 * A map as one row. Its direction is that of its strongest window: polar angle arccos(e1/r), azimuth
 * atan2(e3, e2), in the basis of the corrected map, the first of equal windows.
 */
export function listFeatures(options: FeatureOptions): Stage<RunsRecord, FeatureRow> {
  const { k, width, kind, reduce, normalise } = options
  const shape = { kind, width }
  return {
    name: 'list-features',
    params: { k, width, kind, reduce, normalise },
    connect(next) {
      let squares = allocateSquares(0)
      const sum = new Float64Array(3)
      const measure = truthMeter('corrected')
      const agreement = { signal: 0, noise: 0, snr: 0, auroc: 0, aupr: 0 }
      return map => {
        const { record, corrected, totals, dead, runs, runCount, cut, attributed } = map
        const { id, sequence } = record
        const length = sequence.length
        if (squares.values.length < length) squares = allocateSquares(length)
        let positions = 0
        let kmers = 0
        for (let j = 0; j < runCount; j++) {
          positions += runs[2 * j + 1] - runs[2 * j]
          kmers += kmersWithin(sequence, runs[2 * j], runs[2 * j + 1], k)
        }
        let strongest = -1
        let square = 0
        if (!dead) {
          squareWindows(corrected, sequence, totals.unknown, shape, squares)
          const { start, end } = windowSpan(shape, length)
          for (let i = start; i < end; i++) {
            if (squares.values[i] <= square) continue
            square = squares.values[i]
            strongest = i
          }
        }
        if (record.truth !== undefined && !dead) measure(record, agreement)
        const locus = locusOf(id, length)
        next({
          id,
          length,
          unknown: totals.unknown,
          dead,
          projected: isProjected(record.attribution),
          magnitude: totals.magnitude / totals.scale,
          cut: dead ? null : cut / totals.scale,
          attributed,
          runs: runCount,
          run_positions: positions,
          attributed_kmers: kmers,
          ...(strongest < 0 ? NO_POINT : pointAt(strongest)),
          ...(record.truth === undefined || dead ? NO_TRUTH : cellsOf(agreement)),
          ...(locus === undefined ? NO_LOCUS : placeCells(locus)),
          file: record.where.file ?? null,
        })

        function pointAt(position: number) {
          sumWindow(corrected, length, shape, position, sum)
          const [x, y, z] = sum
          const r = Math.sqrt(square)
          const scale = 1 / (normOf(normalise, totals) * (reduce === 'mean' ? width : 1))
          return {
            strongest: position,
            radius: r * scale,
            theta: Math.acos(Math.max(-1, Math.min(1, x / r))),
            phi: Math.atan2(z + 0, y + 0),
          }
        }
      }
    },
  }
}

const NO_TRUTH = { signal: null, noise: null, snr: null, auroc: null, aupr: null }

/** What was not measured is null. */
function cellsOf({ signal, noise, snr, auroc, aupr }: TruthAgreement) {
  const cell = (value: number) => (Number.isNaN(value) ? null : value)
  return {
    signal: cell(signal),
    noise: cell(noise),
    snr: cell(snr),
    auroc: cell(auroc),
    aupr: cell(aupr),
  }
}

const NO_POINT = { strongest: null, radius: null, theta: null, phi: null }
