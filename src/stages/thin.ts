import type { Stage } from '../core/types.js'
import { mix32 } from '../core/hash.js'

const SALT = 0x7468696e

/** Hands on about this fraction of the records, those of the smallest hashes of their ids: always the same ones. */
export function thin<R extends { readonly idHash: number }>(options: { fraction: number }): Stage<R> {
  const { fraction } = options
  const limit = fraction * 2 ** 32
  return {
    name: 'thin',
    params: { fraction },
    connect: next => record => {
      if (mix32(record.idHash ^ SALT) < limit) next(record)
    },
  }
}
