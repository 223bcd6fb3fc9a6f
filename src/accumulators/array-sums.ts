import { DataError } from '../core/errors.js'
import type { Accumulator, Json, TypedArray } from '../core/types.js'

/** Arrays of whole numbers by name, of lengths that do not depend on the records. */
export type NamedArrays = { readonly [name: string]: TypedArray }

/** What an accumulator of arrays consists of. */
export interface ArraySums<R, A extends NamedArrays, T> {
  readonly name: string
  /** Everything that changes its meaning. */
  readonly params: Json
  /** The arrays of an empty population, of zeros. Float64Array counts exactly up to 2^53. */
  readonly arrays: () => A
  /** Adds a record to the arrays, in place. */
  readonly add: (arrays: A, record: R) => void
  /** What the arrays say. Leaves them as they are. */
  readonly result: (arrays: A) => T
}

/**
 * A whole accumulator from arrays that add, element by element: merging, saving and loading follow. Elements are whole
 * numbers, so that no order of additions can show; use `sums` for others.
 *
 * Errors, in merging and saving: `stage`, for an element that is not whole, or beyond what its array can hold.
 */
export function arraySums<R, A extends NamedArrays, T = A>({
  name,
  params,
  arrays,
  add,
  result,
}: ArraySums<R, A, T>): Accumulator<R, A, T> {
  const wrong = (key: string, found: string) =>
    new DataError('stage', `accumulator ${name} has ${found} in array ${key}`)
  return {
    name,
    params,
    empty: arrays,
    add,
    merge(into, from) {
      for (const [key, added] of Object.entries(from)) {
        const sum = into[key]
        if (sum?.length !== added.length) {
          throw wrong(key, `${added.length} elements against ${sum?.length ?? 'none'}`)
        }
        for (let i = 0; i < sum.length; i++) {
          const exact = sum[i] + added[i]
          sum[i] = exact
          if (sum[i] !== exact) throw wrong(key, `${exact}, more than a ${sum.constructor.name} holds,`)
        }
      }
    },
    result,
    save(state) {
      for (const [key, array] of Object.entries(state)) {
        const found = array.find((element: number) => !Number.isSafeInteger(element))
        if (found !== undefined) throw wrong(key, `${found}, which is not a whole number below 2^53,`)
      }
      return Object.fromEntries(Object.entries(state).map(([key, array]) => [key, array.slice()]))
    },
    load(saved) {
      const state = arrays()
      for (const [key, array] of Object.entries(state)) {
        const from = saved[key]
        if (from?.length !== array.length) {
          throw wrong(key, `${from?.length ?? 'no'} saved elements, expected ${array.length},`)
        }
        array.set(from)
      }
      return state
    },
  }
}
