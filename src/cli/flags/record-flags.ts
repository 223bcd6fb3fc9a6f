import type { Argv, InferredOptionTypes } from 'yargs'
import type { RecordOptions } from '../../sources/records/records.js'

const I = 'Input:'

/** Options of how a file's columns become records. */
export const RECORD_FLAGS = {
  'id-column': { string: true, group: I, describe: 'column of ids (id; the row number where there is none)' },
  'sequence-column': { string: true, group: I, describe: 'column of sequences, text or one-hot (sequence)' },
  'attributions-column': {
    string: true,
    group: I,
    describe: 'column of maps (attributions, or four: a, c, g, t)',
  },
  'truth-column': { string: true, group: I, describe: 'column of ground truth (truth)' },
  'model-column': {
    string: true,
    group: I,
    describe: 'column by whose values records are split into models',
  },
  where: {
    string: true,
    group: I,
    describe: 'only records for which this is true, as in \'label == "enhancer" && length >= 200\'',
  },
  sequences: {
    string: true,
    group: I,
    describe: 'file with the sequences of the maps, in their order; --sequence-column is a name in it',
  },
  match: {
    choices: ['order', 'id'] as const,
    group: I,
    describe: 'whether --sequences go with the maps in their order (the default) or by id',
  },
  'truth-file': {
    string: true,
    group: I,
    describe: 'file with their ground truth; --truth-column is a name in it',
  },
  target: { number: true, group: I, describe: 'which entry of the last axis, from 0, of maps of four axes' },
  regions: {
    string: true,
    group: I,
    describe: 'BED file of the regions of the maps, in their order, for ids chr:start-end',
  },
  around: {
    choices: ['summit', 'middle'] as const,
    group: I,
    describe: 'what of a region lies in the middle of its map, where it is not as long as the map',
  },
  mask: {
    string: true,
    group: I,
    describe: 'file of flags: which regions have maps (npy, as bpnet-lite writes)',
  },
  genome: {
    string: true,
    group: I,
    describe: 'indexed FASTA (.fai) that the sequences are compared with at their places',
  },
  axes: { string: true, group: I, describe: 'order of a flat list: L4 (position by channel) or 4L' },
  alphabet: { string: true, group: I, describe: 'order of the channels (ACGT)' },
} as const

export type RecordFlags = InferredOptionTypes<typeof RECORD_FLAGS>

export function withRecordFlags<T>(yargs: Argv<T>): Argv<T & RecordFlags> {
  return yargs.options(RECORD_FLAGS) as unknown as Argv<T & RecordFlags>
}

export function recordOptionsOf(flags: RecordFlags): RecordOptions {
  const { sequences, 'truth-file': truth, regions, mask, genome } = flags
  const files = { sequences, truth, regions, mask, genome }
  const beside = Object.values(files).some(path => path !== undefined)
  return {
    columns: {
      id: flags['id-column'],
      sequence: flags['sequence-column'],
      attributions: flags['attributions-column'],
      truth: flags['truth-column'],
      model: flags['model-column'],
    },
    where: flags.where,
    target: flags.target,
    files: beside ? files : undefined,
    around: flags.around,
    match: flags.match,
    axes: flags.axes,
    alphabet: flags.alphabet,
  }
}
