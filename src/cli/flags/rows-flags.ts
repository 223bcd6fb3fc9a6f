import type { InferredOptionTypes } from 'yargs'
import { DataError } from '../../core/errors.js'

const F = 'Dataset:'

/** Options of rows that go into a folder of parts. */
export const ROWS_FLAGS = {
  'partition-by': {
    string: true,
    group: F,
    describe: 'column to partition rows by, into folders COLUMN=VALUE',
  },
  shard: {
    string: true,
    group: F,
    describe: 'write share i of n of the parts, as i/n from 0, so that several machines can fill one folder',
  },
  part: {
    string: true,
    group: F,
    describe: 'name of these inputs, or of the pipe, if others are written to the same folder',
  },
} as const

export type RowsFlags = Partial<InferredOptionTypes<typeof ROWS_FLAGS>>

/** `i/n`. Error: `usage`. */
export function shardOfFlag(
  text: string | undefined,
): { readonly index: number; readonly of: number } | undefined {
  if (text === undefined) return undefined
  const found = /^(\d+)\/(\d+)$/.exec(text)
  const [index, of] = [Number(found?.[1]), Number(found?.[2])]
  if (found !== null && index < of) return { index, of }
  throw new DataError('usage', `--shard is ${text}, expected i/n with 0 <= i < n`)
}
