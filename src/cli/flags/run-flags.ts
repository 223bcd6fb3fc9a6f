import { availableParallelism, totalmem } from 'node:os'
import type { Argv, InferredOptionTypes } from 'yargs'
import { isPiped, sizeOf } from '../../io/open.js'
import { isRemote } from '../../core/address.js'
import { DataError } from '../../core/errors.js'
import type { Every } from '../../engine/fold-options.js'
import { JOB_FLAGS } from '../job/job.js'

const R = 'Running:'

/** Options of how a run goes, none of which changes a result. */
export const RUN_FLAGS = {
  workers: {
    number: true,
    group: R,
    describe: 'worker threads (default: available cores, fewer for small inputs; about 50 MB each)',
  },
  checkpoint: {
    string: true,
    group: R,
    describe: 'file to save progress to and to resume from (with several models FILE.<model>)',
  },
  every: {
    string: true,
    group: R,
    default: '30s',
    describe: 'time between saves in seconds (30s, 0.2), or number of records (100000r)',
  },
  'memory-limit': {
    string: true,
    group: R,
    describe:
      'refuse a run that needs more memory than this, e.g. 8GB (default: three quarters of what is available)',
  },
  restart: {
    boolean: true,
    group: R,
    default: false,
    describe: 'ignore an existing checkpoint and start over',
  },
  ...JOB_FLAGS,
  quiet: { boolean: true, group: R, default: false, describe: 'show no progress bar' },
} as const

export type RunFlags = InferredOptionTypes<typeof RUN_FLAGS>

export function withRunFlags<T>(yargs: Argv<T>): Argv<T & RunFlags> {
  return yargs.options(RUN_FLAGS) as unknown as Argv<T & RunFlags>
}

const UNITS: { readonly [unit: string]: number } = { '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12 }

/**
 * Bytes as in `8GB`, `500MB` or `8GiB`; by default three quarters of the memory of the machine, or of the job where that
 * is less. Errors: `usage`.
 */
export function memoryLimitOf(text: string | undefined): number {
  if (text === undefined) {
    const allowed = process.constrainedMemory()
    return 0.75 * (allowed > 0 ? Math.min(allowed, totalmem()) : totalmem())
  }
  const found = /^(\d+(?:\.\d+)?) ?([kKMGT]?)(i?)B?$/.exec(text)
  const bytes = Number(found?.[1]) * UNITS[found?.[2] === 'K' ? 'k' : (found?.[2] ?? '')]
  if (found === null || !(bytes > 0)) {
    throw new DataError('usage', `--memory-limit is ${text}, expected bytes, e.g. 8GB or 500MB`)
  }
  const power = 'kMGT'.indexOf(found[2] === 'K' ? 'k' : found[2] || ' ') + 1
  return found[3] === 'i' ? bytes * 1.024 ** power : bytes
}

/** Seconds as in `30s` or `0.2`, or records as in `100000r`. Errors: `usage`. */
export function everyOf(text: string): Every {
  const found = /^(\d+\.?\d*|\.\d+) ?(s|r|)$/.exec(text)
  const value = Number(found?.[1])
  if (found === null || !(value > 0)) {
    throw new DataError('usage', `--every is ${text}, expected seconds, e.g. 30s, or records, e.g. 100000r`)
  }
  return found[2] === 'r' ? { records: value } : { seconds: value }
}

/** A second worker pays from about this many bytes on: starting one takes as long as scoring them. */
const BYTES_A_WORKER = 64 * 2 ** 20

/** This many workers are started on request, however small the input; more only with the bytes below for each. */
const FEW_WORKERS = 4
const LEAST_BYTES = 2 ** 20

/** How many workers a run has: as many as asked for, else the cores, but none without enough to do; one for a pipe. */
export async function workersFor(workers: number | undefined, files: readonly string[]): Promise<number> {
  if (workers !== undefined && !(Number.isInteger(workers) && workers >= 1 && workers <= 1024)) {
    throw new DataError('usage', `--workers is ${workers}, expected a whole number from 1 to 1024`)
  }
  if (files.some(isPiped)) return 1
  if (workers !== undefined && files.some(isRemote)) return workers
  let bytes = 0
  for (const file of files) bytes += (await sizeOf(file)) ?? 0
  if (workers !== undefined) return Math.min(workers, Math.max(FEW_WORKERS, Math.ceil(bytes / LEAST_BYTES)))
  return Math.max(1, Math.min(availableParallelism(), Math.floor(bytes / BYTES_A_WORKER)))
}
