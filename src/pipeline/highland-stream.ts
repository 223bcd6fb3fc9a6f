/**
 * A stream of [Highland](https://caolan.github.io/highland/), by the methods that jobs use most; it has all the others too.
 * With `@types/highland` installed, a `Highland.Stream<T>` is one of these, and `stream as Highland.Stream<T>` has every type.
 */
export interface HighlandStream<T> {
  /** What `f` makes of each item. */
  map<U>(f: (item: T) => U): HighlandStream<U>
  /** The items that `f` accepts. */
  filter(f: (item: T) => boolean): HighlandStream<T>
  /** Arrays of `size` items; the last may be shorter. */
  batch(size: number): HighlandStream<T[]>
  /** The first `n` items. */
  take(n: number): HighlandStream<T>
  /** All but the first `n` items. */
  drop(n: number): HighlandStream<T>
  /** Calls `f` on each item and passes it on. */
  tap(f: (item: T) => void): HighlandStream<T>
  /** Passes the stream to `f`, which returns another. */
  through<U>(f: (stream: HighlandStream<T>) => U): U
  /** Calls `f` once with the next item, or the end (`_.isNil`). */
  pull(f: (error: Error | null | undefined, item: T) => void): void
  /** All items, in an array; errors are thrown if none handles them. */
  toArray(f: (items: T[]) => void): void
  /** The only item of a stream of one, as a promise. */
  toPromise(promise: PromiseConstructor): Promise<T>
  /** Ends the stream and what feeds it. */
  destroy(): void
}
