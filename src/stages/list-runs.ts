import type { Columns, RowOf } from '../core/table.js'
import type { Stage } from '../core/types.js'
import { decodeBases } from '../dna/bases.js'
import { locusOf, spanAt } from '../dna/locus.js'
import type { RunsRecord } from '../dna/records.js'

/** The columns of a table of attributed runs. */
export const RUN_COLUMNS = {
  /** Chromosome, where the record's id names a place as in `chr1:100-300`; else the id. */
  chrom: 'text',
  /** The run's span, 0-based and half-open: on the chromosome, else in the sequence. */
  start: 'whole',
  end: 'whole',
  /** The record's id. */
  name: 'text',
  /** The file that the record is from. */
  file: 'text',
  /** Where the run starts in the sequence, from 0. */
  position: 'whole',
  /** Its bases, as they are in the sequence. */
  bases: 'text',
  /** Sum of the magnitudes of its positions; those of N are 0. */
  magnitude: 'real',
} as const satisfies Columns

export type RunRow = RowOf<typeof RUN_COLUMNS>

/** Each attributed run as a row of its own. */
export function listRuns(): Stage<RunsRecord, RunRow> {
  return {
    name: 'list-runs',
    params: null,
    connect: next => map => {
      const { record, runs, runCount } = map
      if (runCount === 0) return
      const { id, sequence } = record
      const squares = map.corrected.squares.values
      const locus = locusOf(id, sequence.length)
      for (let j = 0; j < runCount; j++) {
        const position = runs[2 * j]
        const last = runs[2 * j + 1]
        const { chrom, start, end } =
          locus === undefined ? { chrom: id, start: position, end: last } : spanAt(locus, position, last)
        let magnitude = 0
        for (let i = position; i < last; i++) magnitude += Math.sqrt(Math.max(0, squares[i]))
        const file = record.where.file ?? null
        const bases = decodeBases(sequence, position, last)
        next({ chrom, start, end, name: id, file, position, bases, magnitude })
      }
    },
  }
}
