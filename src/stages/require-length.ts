import { DataError } from '../core/errors.js'
import type { Stage } from '../core/types.js'

/** Hands on every record whose sequence has at least k bases. Errors: `record`, for a shorter one. */
export function requireLength<R extends { readonly sequence: Uint8Array }>(options: { k: number }): Stage<R> {
  const { k } = options
  return {
    name: 'require-length',
    params: { k },
    connect: next => record => {
      if (record.sequence.length < k) {
        throw new DataError(
          'record',
          `sequence has ${record.sequence.length} bases, expected at least k = ${k}; leave the record out or score with a smaller k`,
        )
      }
      next(record)
    },
  }
}
