import { DataError } from '../../core/errors.js'
import type { Where } from '../../core/types.js'
import { N } from '../../dna/bases.js'
import { type Locus, locusOf } from '../../dna/locus.js'
import {
  changedSource,
  type Column,
  type ColumnBatch,
  type ColumnSource,
  filesOf,
} from '../columns/column.js'
import type { RecordColumns } from './record-columns.js'
import { MatrixReader } from './matrix.js'
import { SequenceReader } from './sequences.js'

/** Bases of the forward strand of a reference genome. */
export interface Reference {
  readonly name: string
  bases(place: Pick<Locus, 'chrom' | 'start' | 'end'>): Promise<Uint8Array>
}

/** Rows that an error shows. */
const SHOWN = 3
/** How far from its place a row is searched for. */
const NEAR = 2

/**
 * The same columns, every sequence of which is compared with the reference at the place that its id names. N agrees with
 * anything. Error: `pairing`, with the first rows that disagree, and where the first would agree if it is near.
 */
export function againstGenome(
  source: ColumnSource,
  layout: RecordColumns,
  reference: Reference,
): ColumnSource {
  const { id, sequence, axesBeside, channels } = layout
  return changedSource(source, {
    files: filesOf(source, { name: reference.name, files: [reference.name, `${reference.name}.fai`] }),
    async *read(columns, range, signal): AsyncGenerator<ColumnBatch> {
      const names = [...new Set([...columns, sequence, ...(id === undefined ? [] : [id])])]
      const sequences = new SequenceReader(
        sequence,
        new MatrixReader(sequence, axesBeside.sequence, channels),
        channels,
      )
      for await (const batch of source.read(names, range, signal)) {
        const wrong: string[] = []
        const rows = batch.rows.end - batch.rows.start
        for (let row = 0; row < rows && wrong.length < SHOWN; row++) {
          const ids = id === undefined ? undefined : batch.columns.get(id)
          const text = ids === undefined ? String(batch.rows.start + row) : textAt(ids, row)
          const found = sequences.read(batch.columns.get(sequence) as Column, row, layout.numbered === true)
          const said = await disagreement(text, found, reference, wrong.length === 0, {
            file: source.name,
            batch: batch.index,
            row: batch.rows.start + row,
            id: text,
          })
          if (said !== undefined) wrong.push(`row ${batch.rows.start + row} (${text}) ${said}`)
        }
        if (wrong.length > 0) {
          throw new DataError(
            'pairing',
            `sequences are not those of ${reference.name}: ${wrong.join('; ')}; give the regions of these maps, in their order, and their genome`,
            { file: source.name, batch: batch.index },
          )
        }
        yield batch
      }
    },
  })
}

/** How a sequence is another than the reference at the place that its id names; undefined where it is the same. */
async function disagreement(
  id: string,
  sequence: Uint8Array,
  reference: Reference,
  search: boolean,
  where: Where,
): Promise<string | undefined> {
  const place = locusOf(id, sequence.length)
  if (place === undefined) {
    throw new DataError(
      'pairing',
      `its id names no place of ${sequence.length} bases, expected one such as chr1:100-300; give --regions`,
      where,
    )
  }
  const at = async (start: number, strand = place.strand) => {
    const { chrom } = place
    const bases =
      start < 0 ? new Uint8Array(0) : await reference.bases({ chrom, start, end: start + sequence.length })
    return differing(sequence, strand === '-' ? reverseComplement(bases) : bases)
  }
  const different = await at(place.start)
  if (different === 0) return undefined
  const what = `has ${different} of ${sequence.length} bases other than the genome`
  if (!search) return what
  const other = place.strand === '-' ? '+' : '-'
  if ((await at(place.start, other)) === 0) return `${what}, but agrees on the ${other} strand`
  for (let step = 1; step <= NEAR; step++) {
    for (const start of [place.start - step, place.start + step]) {
      if ((await at(start)) !== 0) continue
      return `${what}, but agrees at ${place.chrom}:${start}-${start + sequence.length}`
    }
  }
  return what
}

/** Positions that differ, N in neither; all that one has more than the other. */
function differing(a: Uint8Array, b: Uint8Array): number {
  const common = Math.min(a.length, b.length)
  let different = Math.max(a.length, b.length) - common
  for (let i = 0; i < common; i++) if (a[i] !== b[i] && a[i] !== N && b[i] !== N) different++
  return different
}

function reverseComplement(bases: Uint8Array): Uint8Array {
  return bases.map(base => (base === N ? N : 3 - base)).toReversed()
}

const utf8 = new TextDecoder()

function textAt(column: Column, row: number): string {
  if (column.kind === 'numbers') return String(column.values[row])
  return utf8.decode(column.bytes.subarray(column.offsets[row], column.offsets[row + 1]))
}
