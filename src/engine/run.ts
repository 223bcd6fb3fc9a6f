import type { Accumulator, Batch, Sink, Source, Stage } from '../core/types.js'
import { adderOf, connectStage } from '../core/compose.js'
import { partError } from '../core/errors.js'
import { consume } from './highland.js'

/**
 * Folds a whole source once: every record goes into the accumulator, and the result into every sink, in order. Stages
 * come before the accumulator by `pipe`.
 *
 * @returns The result. Errors: those of the parts, with file, batch, row and id where a record was at fault; `stage`, with
 * the part's name, for what is no DataError.
 */
export async function run<R, S, T>(
  source: Source<R>,
  accumulator: Accumulator<R, S, T>,
  ...sinks: readonly Sink<T>[]
): Promise<T> {
  const state = accumulator.empty()
  try {
    await addRecords(source.read(), accumulator, state)
    await source.check?.()
  } finally {
    await source.close()
  }
  const result = resultOf(accumulator.name, () => accumulator.result(state))
  for (const sink of sinks) {
    await sink.write(result).catch((error: unknown) => {
      throw partError(`sink ${sink.name}`, error)
    })
  }
  return result
}

/** Adds the records of all batches to a state. Returns how many there were. */
export async function addRecords<R, S>(
  batches: AsyncIterable<Batch<R>>,
  accumulator: Accumulator<R, S, unknown>,
  state: S,
): Promise<number> {
  const add = adderOf(accumulator)
  let records = 0
  await consume(batches, stream =>
    stream.tap(batch =>
      batch.forEach(record => {
        records++
        add(state, record)
      }),
    ),
  )
  return records
}

/** The function that gives what a stage makes of a batch, and of how many records. */
export function batchRows<A, B>(
  stage: Stage<A, B>,
): (batch: Pick<Batch<A>, 'forEach'>) => { readonly rows: readonly B[]; readonly records: number } {
  let rows: B[] = []
  let records = 0
  const take = connectStage(stage, row => rows.push(row))
  const push = (record: A) => {
    records++
    take(record)
  }
  return batch => {
    rows = []
    records = 0
    batch.forEach(push)
    return { rows, records }
  }
}

function resultOf<T>(accumulator: string, result: () => T): T {
  try {
    return result()
  } catch (error) {
    throw partError(`accumulator ${accumulator}`, error)
  }
}

export interface StreamOptions {
  /** Ends the stream with its reason. */
  readonly signal?: AbortSignal
  /** Called after each batch. */
  readonly onBatch?: (done: StreamedBatch) => void
}

export interface StreamedBatch {
  readonly rows: number
  /** Rows that were records: without those that a filter left out. */
  readonly records: number
  /** Bytes read for it; 0 if unknown. */
  readonly bytes: number
}

/**
 * What comes out of a stage for the records of one source after another, an array a batch; none is kept. The stage must
 * hand on objects of its own, as those that make rows do.
 *
 * Errors: those of the parts, and the signal's reason once it is aborted. Every source is closed, also where the taker
 * stops early.
 */
export async function* stream<A, B>(
  sources: AsyncIterable<Source<A>>,
  stage: Stage<A, B>,
  { signal, onBatch }: StreamOptions = {},
): AsyncGenerator<readonly B[]> {
  const rowsOf = batchRows(stage)
  for await (const source of sources) {
    try {
      for await (const batch of source.read(undefined, signal)) {
        signal?.throwIfAborted()
        const { rows, records } = rowsOf(batch)
        const { start, end } = batch.rows
        onBatch?.({ records, rows: end - start, bytes: source.batches?.[batch.index]?.bytes ?? 0 })
        if (rows.length > 0) yield rows
      }
      await source.check?.()
    } finally {
      await source.close()
    }
  }
}
