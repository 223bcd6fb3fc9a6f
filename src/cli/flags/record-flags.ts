import type { Argv, InferredOptionTypes } from 'yargs'
import type { RecordOptions } from '../../sources/records/records.js'

const I = 'Input:'

/** Options of how a file's columns become records. */
export const RECORD_FLAGS = {
  'id-column': { string: true, group: I, describe: 'column of ids (default: id, else row numbers)' },
  'sequence-column': {
    string: true,
    group: I,
    describe: 'column of sequences, text or one-hot (default: sequence)',
  },
  'attributions-column': {
    string: true,
    group: I,
    describe: 'column of maps (default: attributions, or the four columns a, c, g, t)',
  },
  'truth-column': { string: true, group: I, describe: 'column of ground truth (default: truth)' },
  'model-column': {
    string: true,
    group: I,
    describe: 'column that names the model of each record; each value becomes a model',
  },
  where: {
    string: true,
    group: I,
    describe: 'use only records for which this is true, e.g. \'label == "enhancer" && length >= 200\'',
  },
  sequences: {
    string: true,
    group: I,
    describe: 'file with the sequences of the maps; --sequence-column then refers to this file',
  },
  match: {
    choices: ['order', 'id'] as const,
    group: I,
    describe: 'how --sequences are matched to maps: by row order (default) or by id',
  },
  'truth-file': {
    string: true,
    group: I,
    describe: 'file with the ground truth of the maps; --truth-column then refers to this file',
  },
  target: {
    number: true,
    group: I,
    describe: 'target to score, from 0, if maps have a fourth axis of targets (no default)',
  },
  regions: {
    string: true,
    group: I,
    describe: 'BED file with the region of each map, in row order; gives ids chr:start-end',
  },
  around: {
    choices: ['summit', 'middle'] as const,
    group: I,
    describe: 'what maps are centred on, if regions and maps differ in length (no default)',
  },
  mask: {
    string: true,
    group: I,
    describe: 'file of true/false, one per region: which regions have maps (npy, as written by bpnet-lite)',
  },
  genome: {
    string: true,
    group: I,
    describe: 'indexed FASTA (.fai) to check the sequences against',
  },
  axes: {
    string: true,
    group: I,
    describe:
      'axis order of flat lists: L4 (position by channel) or 4L (default: file metadata attrstream.axes)',
  },
  alphabet: { string: true, group: I, describe: 'order of the channels (default: ACGT)' },
} as const

export type RecordFlags = InferredOptionTypes<typeof RECORD_FLAGS>

export function withRecordFlags<T>(yargs: Argv<T>): Argv<T & RecordFlags> {
  return yargs.options(RECORD_FLAGS) as unknown as Argv<T & RecordFlags>
}

export function recordOptionsOf(flags: RecordFlags): RecordOptions {
  const { sequences, 'truth-file': truth, regions, mask, genome } = flags
  const files = { sequences, truth, regions, mask, genome }
  const accompanied = Object.values(files).some(path => path !== undefined)
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
    files: accompanied ? files : undefined,
    around: flags.around,
    match: flags.match,
    axes: flags.axes,
    alphabet: flags.alphabet,
  }
}
