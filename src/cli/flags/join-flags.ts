import type { InferredOptionTypes } from 'yargs'

/** Options of models whose maps are averaged. */
export const JOIN_FLAGS = {
  average: {
    choices: ['none', 'l2'] as const,
    group: 'Input:',
    describe:
      'average the maps that all inputs, each a model, have of a sequence: as they are (none, the default), or each divided by its norm (l2)',
  },
} as const

export type JoinFlags = InferredOptionTypes<typeof JOIN_FLAGS>
