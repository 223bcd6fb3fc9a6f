import { DataError } from '../core/errors.js'
import { K_MIN } from '../dna/kmers.js'
import { estimateMemory, type MemoryEstimate, type RunShape } from './estimate.js'
import { NO_NULLS } from '../metrics/nulls.js'

/**
 * The memory that a run needs, about, where that is within the limit.
 *
 * Error: `usage`, where it is not, with what would help and how much each alone leaves.
 */
export function assertWithinMemory(run: RunShape, limit: number): MemoryEstimate {
  const estimate = estimateMemory(run)
  if (estimate.total_bytes <= limit) return estimate
  const advice = remedies(run)
    .map(([what, changed]) => [what, estimateMemory(changed).total_bytes] as const)
    .filter(([, bytes]) => bytes < estimate.total_bytes)
    .map(([what, bytes]) => `${what} (${size(bytes)})`)
  throw new DataError(
    'usage',
    `the run needs about ${size(estimate.total_bytes)} of memory, ${size(estimate.state_bytes)} for each state of its sums, and the limit is ${size(limit)}; ${[...advice, 'raise --memory-limit'].join(', or ')}`,
  )
}

function remedies(run: RunShape): [what: string, changed: RunShape][] {
  const { metrics, nulls = NO_NULLS, sweep, workers } = run
  const changed: [string, RunShape][] = []
  if (workers > 1) changed.push(['use --workers 1', { ...run, workers: 1, populations: 1 }])
  if (sweep !== undefined) changed.push(['leave the sweep out', { ...run, sweep: undefined }])
  const { k } = metrics.kmer
  if (k > K_MIN) {
    changed.push([
      `take --k ${k - 1}`,
      { ...run, metrics: { ...metrics, kmer: { ...metrics.kmer, k: k - 1 } } },
    ])
  }
  if (nulls.angularDraws > 1) {
    changed.push(['take --null-draws 1', { ...run, nulls: { ...nulls, angularDraws: 1 } }])
  }
  if (nulls.kmer === 'shift') {
    changed.push(['use --null multinomial', { ...run, nulls: { ...nulls, kmer: 'multinomial' } }])
  }
  return changed
}

/** `1.5 GB`: bytes for people. */
function size(bytes: number): string {
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`
}
