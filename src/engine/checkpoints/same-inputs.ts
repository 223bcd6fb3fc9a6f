import { DataError } from '../../core/errors.js'
import type { Checkpoint } from './checkpoint.js'
import type { OpenedInput } from '../fold-options.js'

/**
 * What the inputs of a checkpoint are called now. All that it covers something of must be there still, unchanged; further
 * ones may have come. Error: `mismatch`.
 *
 * @param renamable Whether one that is gone may be another of the same file name and content.
 */
export function assertSameData(
  found: Checkpoint,
  population: string,
  inputs: readonly OpenedInput[],
  file: string,
  renamable = false,
): Map<string, string> {
  if (found.population !== population) {
    const what = `was made for model ${found.population}, not ${population}`
    throw checkpointMismatch(new DataError('mismatch', what), file)
  }
  const byName = new Map(inputs.map(input => [input.name, input]))
  const before = new Set(found.inputs.map(({ name }) => name))
  const fileName = (name: string) => name.slice(name.lastIndexOf('/') + 1)
  const names = new Map<string, string>()
  const taken = new Set<OpenedInput>()
  for (const { name, fingerprint, batchCount, covered } of found.inputs) {
    if (covered.length === 0) continue
    const moved = renamable
      ? inputs.filter(
          input =>
            !before.has(input.name) &&
            input.fingerprint === fingerprint &&
            fileName(input.name) === fileName(name),
        )
      : []
    const same = byName.get(name)
    const now = moved.length === 1 && same?.fingerprint !== fingerprint ? moved[0] : same
    if (now === undefined || taken.has(now)) {
      throw checkpointMismatch(
        new DataError('mismatch', `covers ${name}, which is no longer among the inputs`),
        file,
      )
    }
    if (now.fingerprint !== fingerprint || now.batches?.length !== batchCount) {
      throw checkpointMismatch(
        new DataError(
          'mismatch',
          `${name} has changed since: fingerprint ${now.fingerprint} in ${now.batches?.length} batches, expected ${fingerprint} in ${batchCount}`,
        ),
        file,
      )
    }
    names.set(name, now.name)
    taken.add(now)
  }
  return names
}

/** Why a checkpoint is refused, with what can be done about it. */
export function checkpointMismatch(error: unknown, file: string): unknown {
  if (!(error instanceof DataError)) return error
  const ids = /\bids "([a-z ]+)".*, now .*\bids "([a-z ]+)"/.exec(error.what)
  const why =
    ids === null
      ? ''
      : `; ids were made from ${ids[1]} and would now be made from ${ids[2]}, so records would get different ids: give files with an id column, or score all files from the start`
  return new DataError(
    error.code,
    `${error.what}${why}; give the options and data that it was made with, another --checkpoint, or --restart to start over`,
    { file, ...error.where },
    error,
  )
}
