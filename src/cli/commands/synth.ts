import type { ArgumentsCamelCase, InferredOptionTypes } from 'yargs'
import { DataError } from '../../core/errors.js'
import { chooseMotifs, SYNTHETIC_FORMATS, synthesise } from '../../dumps/synthesise.js'
import type { FixedSite, SyntheticMotif } from '../../dumps/synth/options.js'
import type { Range } from '../../core/types.js'
import type { Command } from '../job/command.js'
import { JOB_FLAGS } from '../job/job.js'
import { type Synthesis, synthesisJob } from '../job/synthesis-job.js'

const S = 'Sequences:'
const M = 'Maps:'

const SYNTH_FLAGS = {
  out: {
    string: true,
    alias: 'o',
    demandOption: true,
    describe: 'file to write: .arrow or .parquet, or - for an Arrow stream on standard output',
  },
  format: { choices: SYNTHETIC_FORMATS, describe: 'file format (default: from the file extension)' },
  'batch-rows': {
    number: true,
    describe: 'records per Arrow batch or Parquet row group (default: about 8 MB of maps)',
  },
  float16: {
    boolean: true,
    default: false,
    describe: 'store maps and ground truth as float16 (default: float32)',
  },
  truth: { boolean: true, default: true, describe: 'write a column of ground truth' },
  records: { number: true, group: S, default: 1000, describe: 'number of sequences' },
  length: { number: true, group: S, default: 200, describe: 'length of each sequence in bases' },
  motifs: {
    string: true,
    group: S,
    describe: 'JASPAR or MEME file of motifs (default: 24 motifs of JASPAR)',
  },
  core: {
    string: true,
    group: S,
    describe:
      'motifs of positive sequences (default: CTCF,SP1,YY1,GABPA,SRF, or all if the file lacks these)',
  },
  embed: { string: true, group: S, default: '3-5', describe: 'motifs per sequence: a number, or a range' },
  fixed: {
    string: true,
    array: true,
    nargs: 1,
    group: S,
    describe:
      'give every sequence a motif at a fixed 0-based position, e.g. CTCF@90, or a GC content over a range, e.g. gc=0.8@50-80; may be repeated',
  },
  positives: {
    number: true,
    group: S,
    default: 1,
    describe: 'fraction of positive sequences (with core motifs); the rest get other motifs',
  },
  unknown: { number: true, group: S, default: 0, describe: 'fraction of positions that are N' },
  seed: { number: true, group: S, default: 1, describe: 'random seed of the sequences' },
  signal: {
    number: true,
    group: M,
    default: 1,
    describe: 'attribution of motif positions, in units of information content',
  },
  noise: {
    number: true,
    group: M,
    default: 0.2,
    describe: 'standard deviation of Gaussian noise added to every value',
  },
  spikes: {
    number: true,
    group: M,
    default: 0.01,
    describe: 'fraction of positions with a spike as high as a motif',
  },
  gauge: {
    number: true,
    group: M,
    default: 0.5,
    describe: 'standard deviation of an offset shared by the four bases of a position',
  },
  dead: { number: true, group: M, default: 0, describe: 'fraction of maps that are all zeros' },
  seen: {
    string: true,
    group: M,
    describe: 'range of 0-based positions outside which maps are 0, e.g. 60-140 (default: none)',
  },
  'map-seed': {
    number: true,
    group: M,
    describe: 'random seed of the maps (default: that of --seed)',
  },
  ...JOB_FLAGS,
} as const

type Flags = InferredOptionTypes<typeof SYNTH_FLAGS>

export const synthCommand: Command<Flags> = {
  builder: yargs =>
    yargs
      .options(SYNTH_FLAGS)
      .example('$0 synth -o good.arrow', '1,000 clear maps of sequences with motifs')
      .example(
        '$0 synth --noise 1 --spikes 0.05 --map-seed 2 -o poor.arrow',
        'poor maps of the same sequences',
      )
      .example('$0 synth --signal 0 --spikes 0 -o noise.parquet', 'pure noise, as a negative control')
      .example(
        '$0 synth --records 1e7 --length 2114 --no-truth -o - | $0 score -',
        '340 GB of maps that never touch the disk',
      ),
  handler: synth,
}

/** `attrstream synth`. */
function synth(flags: ArgumentsCamelCase<Flags>): Promise<void> {
  return synthesisJob(flags, () => prepare(flags))
}

async function prepare(flags: ArgumentsCamelCase<Flags>): Promise<Synthesis> {
  const { file, core, others } = await chooseMotifs(
    flags.motifs,
    flags.core?.split(',').flatMap(name => name.trim() || []),
  )
  const records = wholeOf('records', flags.records, 0)
  const batchRows = flags.batchRows === undefined ? undefined : wholeOf('batch-rows', flags.batchRows, 1)
  const options = {
    records,
    batchRows,
    length: flags.length,
    seed: flags.seed,
    mapSeed: flags.mapSeed ?? flags.seed,
    core,
    others,
    embed: embedOf(flags.embed),
    fixed: flags.fixed?.map(text => fixedSite(text, [...core, ...others])),
    seen: flags.seen === undefined ? undefined : rangeOf('seen', flags.seen),
    positives: flags.positives,
    unknown: flags.unknown,
    signal: flags.signal,
    noise: flags.noise,
    spikes: flags.spikes,
    gauge: flags.gauge,
    dead: flags.dead,
    element: flags.float16 ? ('float16' as const) : ('float32' as const),
    truth: flags.truth,
    format: flags.format,
    motifFile: file,
  }
  return { records, write: onBatch => synthesise(flags.out, { ...options, onBatch }) }
}

function wholeOf(name: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least && value <= 2 ** 32) return value
  throw new DataError('usage', `--${name} is ${value}, expected a whole number from ${least} to 2^32`)
}

/** `4`, or `3-5`. Errors: `usage`. */
function embedOf(text: string): { least: number; most: number } {
  const found = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(text.trim())
  if (found === null)
    throw new DataError('usage', `--embed is ${text}, expected a number or a range, e.g. 3-5`)
  const least = Number(found[1])
  return { least, most: found[2] === undefined ? least : Number(found[2]) }
}

/** `CTCF@90`, or `gc=0.8@50-80`, whose end is exclusive. Errors: `usage`. */
function fixedSite(text: string, motifs: readonly SyntheticMotif[]): FixedSite {
  const [, what, place] = /^(.+)@([^@]+)$/.exec(text) ?? []
  if (what === undefined) {
    throw new DataError('usage', `--fixed is ${text}, expected MOTIF@POSITION or gc=FRACTION@START-END`)
  }
  const gc = /^gc=(.+)$/.exec(what)?.[1]
  if (gc !== undefined) {
    const share = Number(gc)
    if (!(share >= 0 && share <= 1)) {
      throw new DataError('usage', `--fixed is ${text}, expected a GC content from 0 to 1`)
    }
    const { start, end } = rangeOf('fixed', place)
    const [at, gcHalf] = [(1 - share) / 2, share / 2]
    return { name: what, start, matrix: Array.from({ length: end - start }, () => [at, gcHalf, gcHalf, at]) }
  }
  const motif = motifs.find(({ name }) => name.toUpperCase() === what.toUpperCase())
  if (motif === undefined) {
    throw new DataError(
      'usage',
      `--fixed is ${text}, but there is no motif ${what}; give one of the --motifs file`,
    )
  }
  if (!/^\d+$/.test(place))
    throw new DataError('usage', `--fixed is ${text}, expected a 0-based position after @`)
  return { ...motif, start: Number(place) }
}

/** `50-80`: [50, 80). Errors: `usage`. */
function rangeOf(name: string, text: string): Range {
  const [, start, end] = /^(\d+)-(\d+)$/.exec(text) ?? []
  if (start === undefined || Number(start) >= Number(end)) {
    throw new DataError('usage', `--${name} is ${text}, expected START-END with START below END`)
  }
  return { start: Number(start), end: Number(end) }
}
