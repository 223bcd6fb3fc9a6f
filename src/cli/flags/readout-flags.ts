import type { InferredOptionTypes } from 'yargs'
import { DataError } from '../../core/errors.js'
import { loadMotifs } from '../../scoring/motifs.js'
import type { ReadoutOptions } from '../../metrics/readout.js'

const R = 'Readout:'

/** Options for what is read out in addition to the scores. */
export const READOUT_FLAGS = {
  readout: {
    boolean: true,
    default: false,
    group: R,
    describe: 'add the k-mers, words and angular clusters that each model attributes to, in scores.json',
  },
  fold: {
    boolean: true,
    default: true,
    group: R,
    describe: 'count a k-mer and its reverse complement as one in the readout',
  },
} as const

export const MOTIF_FLAGS = {
  motifs: {
    string: true,
    group: R,
    describe: 'JASPAR or MEME file of known motifs to match (implies --readout)',
  },
} as const

export type ReadoutFlags = InferredOptionTypes<typeof READOUT_FLAGS> & InferredOptionTypes<typeof MOTIF_FLAGS>

/** How models are to be read out; undefined where they are not. Errors: `usage`, and those of `loadMotifs`. */
export async function readoutOf(
  flags: Omit<ReadoutFlags, 'motifs'> & { readonly motifs?: string | undefined },
): Promise<ReadoutOptions | undefined> {
  const { readout, fold, motifs } = flags
  if (!readout && motifs === undefined) {
    if (!fold) throw new DataError('usage', '--no-fold is an option of the readout; give --readout')
    return undefined
  }
  return { fold, motifs: motifs === undefined ? undefined : await loadMotifs(motifs) }
}
