import { partError } from '../core/errors.js'
import type { Accumulator, Sink, Source, Stage } from '../core/types.js'
import { batchRows, type StreamOptions } from './run.js'
import { broadcast } from './highland.js'

/** One way that the records of a pass go: through a stage, then to something that takes what comes out of it. */
export interface Branch<A> {
  readonly name: string
  /** What comes out of a batch; the batch is valid until this returns. */
  readonly connect: () => (batch: { forEach(visit: (record: A) => void): void }) => readonly unknown[]
  readonly take: (rows: AsyncIterable<readonly unknown[]>) => Promise<void>
}

/**
 * A branch whose stage makes rows: `take` gets them as they come, an array a batch, and is to resolve when it has taken
 * them all, as `saveRows` does. The stage must hand on objects of its own.
 */
export function rowBranch<A, B>(
  stage: Stage<A, B>,
  take: (rows: AsyncIterable<readonly B[]>) => Promise<void>,
): Branch<A> {
  return {
    name: stage.name,
    connect() {
      const rowsOf = batchRows(stage)
      return batch => rowsOf(batch).rows
    },
    take: rows => take(rows as AsyncIterable<readonly B[]>),
  }
}

/** A branch that is added up: its result goes into the sinks, in order, once every record is in. */
export function foldBranch<A, S, T>(
  accumulator: Accumulator<A, S, T>,
  ...sinks: readonly Sink<T>[]
): Branch<A> {
  const state = accumulator.empty()
  return {
    name: accumulator.name,
    connect: () => batch => {
      batch.forEach(record => accumulator.add(state, record))
      return []
    },
    async take(rows) {
      for await (const _none of rows);
      const result = accumulator.result(state)
      for (const sink of sinks) {
        await sink.write(result).catch((error: unknown) => {
          throw partError(`sink ${sink.name}`, error)
        })
      }
    },
  }
}

/**
 * Passes once over the records of one source after another, every record through each of the branches. The slowest branch
 * sets the pace: at most one batch is between them.
 *
 * Errors: those of the parts; the first one ends all branches, so that none leaves a file that is not whole.
 */
export async function fanOut<A>(
  sources: AsyncIterable<Source<A>>,
  branches: readonly Branch<A>[],
  options: Pick<StreamOptions, 'signal'> = {},
): Promise<void> {
  await broadcast(
    batchesOf(sources, options.signal),
    branches.map(({ connect, take }) => batches => {
      const through = connect()
      async function* rows() {
        for await (const batch of batches) {
          const out = through(batch)
          if (out.length > 0) yield out
        }
      }
      return take(rows())
    }),
  )
}

async function* batchesOf<A>(sources: AsyncIterable<Source<A>>, signal: AbortSignal | undefined) {
  for await (const source of sources) {
    try {
      yield* source.read(undefined, signal)
      await source.check?.()
    } finally {
      await source.close()
    }
  }
}
