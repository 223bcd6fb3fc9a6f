import highland from 'highland'

/** Whether an item that was pulled is the end of its stream. */
export function isNil(item: unknown): item is Highland.Nil {
  return highland.isNil(item)
}

/**
 * An async iterable as a highland stream, pulled one item at a time. `_(iterable)` itself would take an async generator
 * for an endless synchronous one.
 */
export function fromAsync<T>(iterator: AsyncIterator<T>): Highland.Stream<T> {
  return highland<T>((push, next) => {
    iterator.next().then(
      ({ done, value }) => {
        if (done) push(null, highland.nil)
        else {
          push(null, value)
          next()
        }
      },
      (error: Error) => {
        push(error)
        push(null, highland.nil)
      },
    )
  })
}

/**
 * Pulls everything through `flow` and resolves at its end. The first error ends it and rejects; either way the iterator
 * is closed, so that whatever it holds open is released.
 */
export async function consume<T, U>(
  iterable: AsyncIterable<T>,
  flow: (stream: Highland.Stream<T>) => Highland.Stream<U>,
): Promise<void> {
  const iterator = iterable[Symbol.asyncIterator]()
  try {
    await new Promise<void>((resolve, reject) => {
      flow(fromAsync(iterator)).stopOnError(reject).done(resolve)
    })
  } finally {
    await iterator.return?.()
  }
}

/**
 * Hands every item to each of the takers, who are at most one item apart: none is asked for before all are done with the
 * one before. Resolves once all takers have; the first error ends the others with it, and the iterator is closed.
 */
export async function broadcast<T>(
  iterable: AsyncIterable<T>,
  takers: readonly ((items: AsyncIterable<T>) => Promise<void>)[],
): Promise<void> {
  const iterator = iterable[Symbol.asyncIterator]()
  const stream = fromAsync(iterator)
  const forks = takers.map(() => stream.fork()) // all of them before any is read: else it never ends
  const waiting = new Set<(error: unknown) => void>()
  let failure: { readonly error: unknown } | undefined
  const fail = (error: unknown) => {
    failure ??= { error }
    for (const reject of waiting) reject(error)
  }
  /** The items of a fork as they are pulled, until another one's taker fails. */
  async function* pulled(fork: Highland.Stream<T>): AsyncGenerator<T> {
    for (;;) {
      const item = await new Promise<T | Highland.Nil>((resolve, reject) => {
        if (failure !== undefined) reject(failure.error)
        waiting.add(reject)
        fork.pull((error, next) => {
          waiting.delete(reject)
          if (error) reject(error)
          else resolve(next)
        })
      })
      if (highland.isNil(item)) return
      yield item
    }
  }
  await Promise.allSettled(
    takers.map(async (take, i) => {
      await take(pulled(forks[i])).catch(fail)
      if (failure === undefined) forks[i].resume() // what it left is not waited for
    }),
  )
  await iterator.return?.()
  if (failure !== undefined) throw failure.error
}
