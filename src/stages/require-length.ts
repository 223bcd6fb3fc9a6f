import type { Stage } from '../core/types.js'
import { tooShort } from '../dna/validate-record.js'

/** Hands on every record whose sequence has at least k bases. Errors: `record`, for a shorter one. */
export function requireLength<R extends { readonly sequence: Uint8Array }>(options: { k: number }): Stage<R> {
  const { k } = options
  return {
    name: 'require-length',
    params: { k },
    connect: next => record => {
      if (record.sequence.length < k) throw tooShort(record.sequence.length, k)
      next(record)
    },
  }
}
