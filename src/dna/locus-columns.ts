import type { RowOf } from '../core/table.js'
import type { Locus } from './locus.js'

/** Columns of a place on the genome, 0-based and half-open: null where it is not known. */
export const PLACE_COLUMNS = {
  chrom: 'text',
  chrom_start: 'whole',
  chrom_end: 'whole',
  strand: 'text',
} as const

export type PlaceCells = RowOf<typeof PLACE_COLUMNS>

export const NO_LOCUS: PlaceCells = { chrom: null, chrom_start: null, chrom_end: null, strand: null }

export function placeCells({ chrom, start, end, strand }: Locus): PlaceCells {
  return { chrom, chrom_start: start, chrom_end: end, strand: strand === '.' ? null : strand }
}

/** Columns that a BED row begins with. */
export const BED_COLUMNS = {
  chrom: 'text',
  start: 'whole',
  end: 'whole',
  name: 'text',
  score: 'whole',
  strand: 'text',
} as const

/**
 * Cells of these columns: the place on the genome where it is known, else the span [start, end) of the record's own
 * sequence.
 *
 * @param score In thousandths, as genome browsers shade by it; rounded here.
 */
export function bedCells(
  { id, chrom, chrom_start, chrom_end, strand }: PlaceCells & { readonly id: string | null },
  start: number | null,
  end: number | null,
  score: number,
): RowOf<typeof BED_COLUMNS> {
  return {
    chrom: chrom ?? id,
    start: chrom_start ?? start,
    end: chrom_end ?? end,
    name: id,
    score: Math.round(score),
    strand,
  }
}
