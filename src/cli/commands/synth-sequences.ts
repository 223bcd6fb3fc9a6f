import type { ArgumentsCamelCase, InferredOptionTypes } from 'yargs'
import { DataError } from '../../core/errors.js'
import { drawOthers } from '../../dumps/synth/task-motifs.js'
import { chooseMotifs, formatOfMaps, SYNTHETIC_FORMATS } from '../../dumps/synthesise.js'
import { synthesiseTask } from '../../dumps/synthesise-task.js'
import type { Command } from '../job/command.js'
import { JOB_FLAGS } from '../job/job.js'
import { type Synthesis, synthesisJob } from '../job/synthesis-job.js'

const SYNTH_SEQUENCES_FLAGS = {
  out: {
    string: true,
    alias: 'o',
    demandOption: true,
    describe: 'file to write: .arrow or .parquet, or - for an Arrow stream on standard output',
  },
  format: { choices: SYNTHETIC_FORMATS, describe: 'file format (default: from the file extension)' },
  records: { number: true, default: 20_000, describe: 'number of sequences, half of them positive' },
  length: { number: true, default: 200, describe: 'length of a sequence, in bases' },
  motifs: {
    string: true,
    demandOption: true,
    describe: 'JASPAR or MEME file with the core motifs and the others',
  },
  core: {
    string: true,
    default: 'CTCF,SP1,YY1,GABPA,SRF',
    describe: 'names of the motifs of positive sequences',
  },
  others: {
    number: true,
    default: 50,
    describe: 'number of further motifs that negative sequences draw from',
  },
  split: {
    string: true,
    default: '0.7,0.1,0.2',
    describe: 'shares of sequences for training, validation and test',
  },
  seed: { number: true, default: 22, describe: 'seed of the random numbers' },
  ...JOB_FLAGS,
} as const

type Flags = InferredOptionTypes<typeof SYNTH_SEQUENCES_FLAGS>

export const synthSequencesCommand: Command<Flags> = {
  builder: yargs =>
    yargs
      .options(SYNTH_SEQUENCES_FLAGS)
      .example(
        '$0 synth-sequences --motifs jaspar.pfm -o task.parquet',
        "the 20,000 sequences of the paper's task",
      ),
  handler: flags => synthesisJob(flags, () => prepare(flags)),
}

async function prepare(flags: ArgumentsCamelCase<Flags>): Promise<Synthesis> {
  const { out, seed, length } = flags
  const format = flags.format ?? (out === '-' ? 'arrow' : formatOfMaps(out))
  for (const name of ['records', 'length', 'others', 'seed'] as const) {
    if (Number.isSafeInteger(flags[name]) && flags[name] >= 0 && flags[name] < 2 ** 32) continue
    throw new DataError('usage', `--${name} is ${flags[name]}, expected a whole number from 0 to 2^32 - 1`)
  }
  const names = flags.core.split(',').flatMap(name => name.trim() || [])
  const { file, core, others } = await chooseMotifs(flags.motifs, names)
  const chosen = drawOthers(core, others, flags.others, seed)
  const split = flags.split.split(',').map(Number)
  if (split.length !== 3) {
    throw new DataError('usage', `--split is ${flags.split}, expected three shares, e.g. 0.7,0.1,0.2`)
  }
  const options = {
    records: flags.records,
    length,
    seed,
    core,
    others: chosen,
    split: [split[0], split[1], split[2]] as const,
    format,
    motifFile: file,
  }
  return { records: flags.records, write: onBatch => synthesiseTask(out, { ...options, onBatch }) }
}
