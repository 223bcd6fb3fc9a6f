import type { Accumulator, Sink, Source, Stage } from '../core/types.js'
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
  const add = adderOf(accumulator)
  const state = accumulator.empty()
  try {
    await consume(source.read(), batches => batches.tap(batch => batch.forEach(record => add(state, record))))
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
  /** Told after each batch. */
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
  let out: B[] = []
  let records = 0
  const take = connectStage(stage, record => out.push(record))
  const push = (record: A) => {
    records++
    take(record)
  }
  for await (const source of sources) {
    try {
      for await (const batch of source.read(undefined, signal)) {
        signal?.throwIfAborted()
        out = []
        records = 0
        batch.forEach(push)
        const { rows, index } = batch
        onBatch?.({ records, rows: rows.end - rows.start, bytes: source.batches?.[index]?.bytes ?? 0 })
        if (out.length > 0) yield out
      }
      await source.check?.()
    } finally {
      await source.close()
    }
  }
}
