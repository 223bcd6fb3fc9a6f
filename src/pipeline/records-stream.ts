import type { Row } from '../core/table.js'
import type { AttributionRecord, Stage } from '../core/types.js'
import { fromAsync, isNil } from '../engine/highland.js'
import { stream } from '../engine/run.js'
import { copyMap } from '../stages/copy-map.js'
import { openAllMaps } from '../sources/open-maps.js'
import type { RecordOptions } from '../sources/records/records.js'
import type { HighlandStream } from './highland-stream.js'

/*
 * Records and rows as Highland streams, for jobs of one's own: `records(files).filter(...).map(...).batch(1000)`. They are pulled:
 * what is slow to take is slow to be read, and memory holds a batch.
 */

/**
 * An async iterable as a Highland stream, pulled one item at a time and closed when the stream is destroyed. (`_(iterable)` itself
 * would take an async generator for an endless synchronous one.) An error ends the stream.
 */
export function toHighland<T>(items: AsyncIterable<T>): HighlandStream<T> {
  const iterator = items[Symbol.asyncIterator]()
  const flow = fromAsync(iterator)
  const destroy = flow.destroy.bind(flow)
  flow.destroy = () => {
    destroy()
    iterator.return?.().then(undefined, () => {})
  }
  return flow as unknown as HighlandStream<T>
}

/**
 * A Highland stream as an async iterable: it is asked for an item when one is wanted, its first error is thrown, and it is destroyed
 * when the loop is left.
 */
export async function* fromHighland<T>(flow: HighlandStream<T>): AsyncGenerator<T> {
  try {
    for (;;) {
      const item = await new Promise<T>((resolve, reject) => {
        flow.pull((error, next) => {
          if (error) reject(error)
          else resolve(next)
        })
      })
      if (isNil(item)) return
      yield item
    }
  } finally {
    flow.destroy()
  }
}

/**
 * The records of files one after another, as a Highland stream. Each is a copy that is safe to keep, where those that stages and
 * accumulators see are views.
 *
 * @param paths Files of maps, or `-` for an Arrow stream. Errors, in the stream: those of reading.
 */
export function records(
  paths: readonly string[],
  options: RecordOptions = {},
): HighlandStream<AttributionRecord> {
  return rowsOf(paths, copyMap(), options)
}

/**
 * What a stage makes of the records of files, as a Highland stream. The stage must hand on objects of its own, as those that make
 * rows do. Errors, in the stream: those of reading and of the stage.
 */
export function rowsOf<B = Row>(
  paths: readonly string[],
  stage: Stage<AttributionRecord, B>,
  options: RecordOptions = {},
): HighlandStream<B> {
  return toHighland(each(stream(openAllMaps(paths, options), stage)))
}

async function* each<T>(batches: AsyncIterable<readonly T[]>): AsyncGenerator<T> {
  for await (const batch of batches) yield* batch
}
