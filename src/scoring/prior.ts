import { basename } from 'node:path'
import { kmerPrior } from '../accumulators/kmer-prior.js'
import { isPiped } from '../io/open.js'
import type { RecordOptions } from '../sources/records/records.js'
import { shownPath } from '../core/address.js'
import { arraysOf } from '../core/arrays.js'
import { DataError } from '../core/errors.js'
import type { Arrays } from '../core/types.js'
import { type Checkpoint, isComplete } from '../engine/checkpoints/checkpoint.js'
import { run } from '../engine/run.js'
import { isColumnFile, openColumns, openSequences } from '../sources/open.js'
import { type PriorCounts, uniformPrior } from '../metrics/kmer/kld.js'
import type { ScoringNotes } from './stored-options.js'

export interface PriorOptions {
  readonly k: number
  /** How a sequence column is found, in anything but FASTA. */
  readonly records?: RecordOptions | undefined
}

/**
 * The prior that a word or a path names: undefined for `population`, that of the maps' own sequences; `uniform`; or the
 * k-mers of the sequences of a file, FASTA (plain or gzip) or any other format; or those that a saved state holds.
 * Sequences shorter than k add nothing.
 *
 * Errors: `prior`, for a file without a k-mer, and for a state of another k, of part of its data, or without counts;
 * those of opening and reading.
 */
export async function loadPrior(spec: string, options: PriorOptions): Promise<PriorCounts | undefined> {
  const { k } = options
  if (spec === 'population') return undefined
  if (spec === 'uniform') return uniformPrior(k)
  if (await isStateFile(spec)) {
    const { loadCheckpoint } = await import('../engine/checkpoints/checkpoint-file.js')
    return priorOfState((await loadCheckpoint(spec)) as Checkpoint, k, spec)
  }
  const sequences = await openSequences(spec, { ...options.records, overlap: k - 1 })
  const { counts } = await run(sequences, kmerPrior({ k }))
  if (!counts.some(count => count > 0)) {
    throw new DataError('prior', `holds no ${k}-mer; give sequences of at least ${k} known bases`, {
      file: spec,
    })
  }
  return { name: basename(shownPath(spec)), k, counts }
}

/** Key of a file's metadata by which states are told from other Arrow files. */
const FORMAT = 'attrstream.format'

/** Whether a file is a checkpoint or a state. */
export async function isStateFile(path: string): Promise<boolean> {
  if (isPiped(path) || !(await isColumnFile(path))) return false
  const columns = await openColumns(path)
  try {
    return columns.metadata.has(FORMAT)
  } finally {
    await columns.close()
  }
}

/** The prior of a finished state of `score`: its population's k-mers, all models together, or the prior it was given. */
function priorOfState(state: Checkpoint, k: number, file: string): PriorCounts {
  const { metrics, prior, byModel } = state.notes as unknown as Partial<ScoringNotes>
  const found = metrics?.kmer.k
  const priorError = (what: string) => new DataError('prior', what, { file })
  if (metrics === undefined || found === undefined)
    throw priorError('is a state without k-mer counts; give one of score')
  if (found !== k) throw priorError(`counts ${found}-mers, expected k = ${k}; score it again with this k`)
  if (prior !== null && prior !== undefined)
    return { ...prior, name: `${basename(shownPath(file))} (${prior.name})` }
  if (!isComplete(state))
    throw priorError('is the state of a part of its data; let the run that made it finish first')
  const models = byModel ? modelsOf(state.arrays) : [state.arrays]
  const counter = kmerPrior({ k })
  const sum = counter.empty()
  for (const arrays of models) {
    const counts = arraysOf('prior', arrays)
    if (!('low' in counts)) throw priorError('is a state without k-mer counts; name that of the scoring pass')
    counter.merge(sum, counter.load(counts))
  }
  return { name: basename(shownPath(file)), k, counts: counter.result(sum).counts }
}

/** The arrays of each model of a state that is split by one. */
function modelsOf(arrays: Arrays): Arrays[] {
  const models = new Set(Object.keys(arrays).map(name => name.slice(0, name.indexOf('/'))))
  return [...models].map(model => arraysOf(model, arrays))
}
