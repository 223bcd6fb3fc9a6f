import highland from 'highland'

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
export async function drain<T, U>(
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
