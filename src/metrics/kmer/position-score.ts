import type { PositionProfile } from '../../accumulators/position-profile.js'
import { percent } from '../../core/format-number.js'
import { SwappedKmers } from '../../dna/swapped-kmers.js'
import { crossValidateCounts } from '../../stats/cross-validation.js'
import { normalise } from '../../stats/divergence.js'
import { deviationsSe } from '../../stats/jackknife.js'
import type { SampledRuns } from '../../stats/sums/run-sample.js'

/**
 * How much of the k-mer score the positions of the runs alone give, from a sample of records: each record's runs are laid on the
 * sequences of others of the same length. 0 unless sequences are aligned.
 */
export interface PositionScore {
  /** Records of the sample whose runs were swapped; of lengths with fewer than eight records none are. */
  readonly sample_records: number
  /** The cross-validated value of the sample's own k-mers. */
  readonly sample_cv_nats: number
  /** The mean of those of the runs of four other records on each sequence. */
  readonly position_cv_nats: number
  readonly position_cv_se_nats: number
  readonly beyond_position_nats: number
  readonly beyond_position_se_nats: number
}

const SWAPS = 4
/** Fewer records of a length are left out. */
const LEAST_RECORDS = 8

/**
 * @param sample Records by their keys.
 * @param groups Numbers of the groups that hold records, eight at least.
 * @param prior Counts of the prior, any pseudocount added. K-mers that it lacks are left out: runs of other records can cover such.
 */
export function positionScore(
  sample: readonly SampledRuns[],
  groups: readonly number[],
  prior: Float64Array,
  k: number,
): PositionScore | null {
  const lengths = new Map<number, SampledRuns[]>()
  for (const record of sample) {
    const records = lengths.get(record.length)
    if (records === undefined) lengths.set(record.length, [record])
    else records.push(record)
  }
  const swapped = [...lengths.values()].filter(records => records.length >= LEAST_RECORDS)
  const records = swapped.reduce((sum, { length }) => sum + length, 0)
  if (records === 0) return null
  const q = normalise(prior)
  const samples = swapped.map(records => new SwappedKmers(records))
  const cvOf = (swap: number) => {
    const counts: Uint32Array[] = []
    for (const sample of samples) sample.count(swap, k, counts)
    const total = new Float64Array(q.length)
    const known = groups.map(g => counts[g])
    for (const own of known) if (own !== undefined) addKnown(own, q, total)
    const found = total.some(count => count > 0) ? crossValidateCounts(known, total, q) : NOTHING
    SwappedKmers.release(known)
    return found
  }
  const own = cvOf(0)
  const others = Array.from({ length: SWAPS }, (_, swap) => cvOf(swap + 1))
  for (const sample of samples) sample.release()
  const position = others.reduce((sum, { value }) => sum + value, 0) / SWAPS
  const deviations = groups.map(
    (_, g) => others.reduce((sum, other) => sum + (other.deviations[g] ?? 0), 0) / SWAPS,
  )
  return {
    sample_records: records,
    sample_cv_nats: own.value,
    position_cv_nats: position,
    position_cv_se_nats: deviationsSe(deviations),
    beyond_position_nats: own.value - position,
    beyond_position_se_nats: deviationsSe(
      deviations.map((deviation, g) => (own.deviations[g] ?? 0) - deviation),
    ),
  }
}

const NOTHING = { value: 0, deviations: [] as readonly number[] }

/** Adds the counts of k-mers that the prior has to the total; takes the others away. */
function addKnown(counts: Uint32Array, q: Float64Array, total: Float64Array): void {
  for (let x = 0; x < counts.length; x++) {
    if (q[x] > 0) total[x] += counts[x]
    else counts[x] = 0
  }
}

/** Whether positions alone give so much of the score that sequences look aligned. */
export function isAligned({ sample_cv_nats, position_cv_nats, position_cv_se_nats }: PositionScore): boolean {
  return position_cv_nats > 3 * position_cv_se_nats && position_cv_nats > sample_cv_nats / 4
}

/** What a reader must know of sequences that are aligned and maps that are alike, in words. */
export function positionWarnings(
  score: PositionScore | null,
  profile: PositionProfile | undefined,
): string[] {
  const warnings: string[] = []
  if (score !== null) {
    const { sample_cv_nats: sample, position_cv_nats: position } = score
    if (isAligned(score)) {
      const share = sample > 0 ? percent(position / sample) : 'all'
      warnings.push(
        `sequences look aligned: ${share} of the k-mer score is what the attributed positions alone would give; compare models by beyond_position`,
      )
    }
  }
  if (profile !== undefined && profile.constantShare >= 0.8) {
    warnings.push(
      `maps are nearly one fixed pattern by position (mean cosine ${profile.constantShare.toFixed(2)} between maps of different records): angular values are not to be used`,
    )
  }
  if (profile !== undefined && profile.unseenShare > 0.5) {
    warnings.push(
      `the network sees only part of each sequence (${percent(profile.unseenShare)} of positions have magnitude 0): crop maps to its context before comparing with others`,
    )
  }
  return warnings
}
