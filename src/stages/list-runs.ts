import type { Row, RowOf, Table } from '../core/table.js'
import type { Stage } from '../core/types.js'
import { decodeBases } from '../dna/bases.js'
import { locusOf, spanAt } from '../dna/locus.js'
import { BED_COLUMNS, bedCells, NO_LOCUS, PLACE_COLUMNS, placeCells } from '../dna/locus-columns.js'
import type { RunsRecord } from '../dna/records.js'

const COLUMNS = {
  /** The record's id. */
  id: 'text',
  /** The run's span in the sequence, 0-based and half-open. */
  start: 'whole',
  end: 'whole',
  /** Its bases, as they are in the sequence. */
  sequence: 'text',
  /** Sum of the magnitudes of its positions; those of N are 0. */
  magnitude: 'real',
  /** The largest of them, and where it is in the sequence. */
  peak: 'real',
  peak_position: 'whole',
  /** The peak as a share of the largest magnitude of its map, which lies in a run: 1 for one run a map. */
  relative_peak: 'real',
  /** The span on the genome, 0-based and half-open, where the record's id names a place; see `locusOf`. */
  ...PLACE_COLUMNS,
  /** The file that the record is from. */
  file: 'text',
} as const

export type RunRow = RowOf<typeof COLUMNS>

/** Attributed runs, a row each. As BED their place is the genome's where it is known, else that in the sequence. */
export const RUN_TABLE: Table<typeof COLUMNS> = {
  schema: 'attrstream.runs/1',
  columns: COLUMNS,
  bed: {
    columns: {
      ...BED_COLUMNS,
      magnitude: 'real',
      peak: 'real',
      peak_position: 'whole',
      sequence: 'text',
    },
    line: bedLine,
  },
}

/** The score is the relative peak. */
function bedLine(run: RunRow): Row {
  const { magnitude, peak, peak_position, sequence } = run
  return {
    ...bedCells(run, run.start, run.end, 1000 * (run.relative_peak ?? 0)),
    magnitude,
    peak,
    peak_position,
    sequence,
  }
}

/** Each attributed run as a row of its own. */
export function listRuns(): Stage<RunsRecord, RunRow> {
  return {
    name: 'list-runs',
    params: null,
    connect: next => map => {
      const { record, runs, runCount } = map
      const { scale } = map.totals
      if (runCount === 0) return
      const { id, sequence } = record
      const squares = map.corrected.squares.values
      const locus = locusOf(id, sequence.length)
      const file = record.where.file ?? null
      const strongest = Math.sqrt(squares[strongestIn(squares, 0, sequence.length)])
      for (let j = 0; j < runCount; j++) {
        const start = runs[2 * j]
        const end = runs[2 * j + 1]
        let magnitude = 0
        for (let i = start; i < end; i++) magnitude += Math.sqrt(Math.max(0, squares[i]))
        const position = strongestIn(squares, start, end)
        const peak = Math.sqrt(squares[position])
        next({
          id,
          start,
          end,
          sequence: decodeBases(sequence, start, end),
          magnitude: magnitude / scale,
          peak: peak / scale,
          peak_position: position,
          relative_peak: peak / strongest,
          ...(locus === undefined ? NO_LOCUS : placeCells(spanAt(locus, start, end))),
          file,
        })
      }
    },
  }
}

/** The first position of [start, end) whose value is the largest. */
function strongestIn(squares: Float64Array, start: number, end: number): number {
  let at = start
  for (let i = start + 1; i < end; i++) if (squares[i] > squares[at]) at = i
  return at
}
