import { DataError } from '../core/errors.js'
import type { OpenedInput } from '../engine/fold-options.js'
import type { Statistics } from './pass-accumulators.js'
import { modelScores } from './scores-of-pass.js'
import type { ScoreOptions } from './score-options.js'
import type { ModelScore } from '../metrics/model-score.js'

/** Errors: `usage`, where a run cannot stop early. */
export function checkUntilSe(
  piped: boolean,
  { metrics }: ScoreOptions,
  untilSe: number,
  checkpoint: boolean,
): void {
  if (!(untilSe > 0)) throw new DataError('usage', `--until-se is ${untilSe}, expected nats above 0`)
  const against = piped
    ? 'a pipe, whose records cannot be read in random order'
    : metrics.angular.threshold.kind === 'global'
      ? 'a global threshold, which needs all records'
      : checkpoint
        ? '--checkpoint'
        : undefined
  if (against !== undefined)
    throw new DataError('usage', `--until-se cannot be combined with ${against}; leave one out`)
}

/** Whether the standard errors of both KLDs of every model so far are there, and small enough. */
export function isPreciseEnough(model: string, options: ScoreOptions, untilSe: number) {
  const small = (se: number | null) => se !== null && se <= untilSe
  return (result: unknown): boolean => {
    const { scores, failed } = modelScores(model, result as Statistics, options)
    // A model that cannot be scored so far may be later on; if not, the end of the run says why.
    if (failed.length > 0) return false
    return scores.every(({ kmer, angular }) => small(kmer.se_nats) && small(angular.se_nats))
  }
}

/** The scores of the records read, with how many those were, and of how many. */
export function withRecordsRead(
  scores: readonly ModelScore[],
  records: number,
  inputs: readonly OpenedInput[],
  untilSe: number,
): ModelScore[] {
  let of = 0
  for (const { batches = [] } of inputs) for (const { rows } of batches) of += rows
  const read = { records, of, until_se_nats: untilSe }
  const warning =
    records < of
      ? `stopped after ${records} of ${of} records, when no KLD had a standard error above ${untilSe}`
      : `all ${of} records had been read`
  return scores.map(score => ({ ...score, read, warnings: [...score.warnings, warning] }))
}
