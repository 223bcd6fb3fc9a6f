import type { Columns, Row } from '../core/table.js'
import type { MapRows } from '../core/map-table.js'
import { LETTER_BYTES } from '../dna/bases.js'
import { type MapFormat, mapWriter, written } from '../sinks/map-writer.js'
import { writeOut } from '../sinks/save-rows.js'
import { type TaskOptions, type TaskSequence, taskSequences } from './synth/task-sequences.js'

export interface TaskSynthesisOptions extends TaskOptions {
  readonly records: number
  readonly format: MapFormat
  /** Where the motifs are from, for the record. */
  readonly motifFile: string
  /** Called after each batch, with the records so far; it may throw to end it all. */
  readonly onBatch?: ((records: number) => void) | undefined
}

const KEPT = { label: 'whole', split: 'text', motifs: 'text' } as const satisfies Columns

/** Records of an Arrow batch or Parquet row group. */
const BATCH_ROWS = 1000

/**
 * Writes sequences of the paper's task to a file that appears whole or not at all, or to standard output for `-`: columns id,
 * sequence, truth (four probabilities a position), label (1 for positive sequences), split, and motifs, as in
 * `CTCF+@12 SP1-@140`: name, strand and 0-based start. Memory does not grow with the number of records; a row depends on the
 * seed and its number alone.
 *
 * Errors: `usage`, for options that do not go together; `io`.
 */
export async function synthesiseTask(path: string, options: TaskSynthesisOptions): Promise<void> {
  const { records, length, seed, core, others, split, motifFile } = options
  const sequenceOf = taskSequences(options)
  const names = (motifs: TaskOptions['core']) => motifs.map(({ name }) => name)
  const recipe = { records, length, seed, split, motifs: motifFile, core: names(core), others: names(others) }
  const table = {
    element: undefined,
    truth: { element: 'float32', optional: false },
    kept: KEPT,
    metadata: { 'attrstream.synth': JSON.stringify(recipe) },
  } as const
  const writer = await mapWriter(options.format, table, { piped: path === '-' })
  return writeOut(path === '-' ? undefined : path, written(writer, batches(sequenceOf, options)))
}

async function* batches(
  sequenceOf: (row: number) => TaskSequence,
  { records, length, onBatch }: TaskSynthesisOptions,
): AsyncGenerator<MapRows> {
  for (let first = 0; first < records; first += BATCH_ROWS) {
    const count = Math.min(BATCH_ROWS, records - first)
    const ids: string[] = []
    const kept: Row[] = []
    const letters = new Uint8Array(count * length)
    const values = new Float32Array(4 * count * length)
    for (let j = 0; j < count; j++) {
      const { positive, split, codes, truth, sites } = sequenceOf(first + j)
      ids.push(`${positive ? 'pos' : 'neg'}${first + j}`)
      const motifs = sites.map(({ name, strand, start }) => `${name}${strand}@${start}`).join(' ')
      kept.push({ label: positive ? 1 : 0, split, motifs })
      for (let i = 0; i < length; i++) letters[j * length + i] = LETTER_BYTES[codes[i]]
      values.set(truth, 4 * j * length)
    }
    const offsets = Int32Array.from({ length: count + 1 }, (_, row) => row * length)
    yield { ids, offsets, letters, truth: { offsets: offsets.map(at => 4 * at), values }, kept }
    onBatch?.(first + count)
  }
}
