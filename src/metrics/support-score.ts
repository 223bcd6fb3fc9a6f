import type { Support, SupportSums } from '../accumulators/support.js'
import { DataError } from '../core/errors.js'
import { jackknifeError } from '../stats/jackknife.js'

/** Whether what is attributed supports the output; null for states that lack it. */
export interface ModelSupport {
  /** Mean over records of the share of attributed positions whose observed base has a corrected value above 0. */
  readonly positive_share: number | null
  readonly positive_share_se: number | null
  /** Maps, not dead, without a value below 0. */
  readonly non_negative_maps: number
}

/** Support, and how often the observed base of an attributed position has the largest corrected value. */
export interface SupportScore {
  readonly support: ModelSupport | null
  readonly observed_base_share: number | null
  readonly observed_base_share_se: number | null
}

/** @param groupRecords Records of each group, dead maps too. */
export function supportScore(support: Support | undefined, groupRecords: ArrayLike<number>): SupportScore {
  if (support === undefined) return { support: null, observed_base_share: null, observed_base_share_se: null }
  const filled = support.groups.filter((_, g) => groupRecords[g] > 0)
  const ratio = (of: (sums: SupportSums) => number, among: (sums: SupportSums) => number) => {
    const [whole, count] = [of(support.all), among(support.all)]
    if (count === 0) return [null, null] as const
    const left = filled.map(group => (whole - of(group)) / (count - among(group)))
    return [whole / count, jackknifeError(left) ?? null] as const
  }
  const [positive, positiveSe] = ratio(
    sums => sums.positiveShares,
    sums => sums.records,
  )
  const [observed, observedSe] = ratio(
    sums => sums.observed,
    sums => sums.positions,
  )
  return {
    support: {
      positive_share: positive,
      positive_share_se: positiveSe,
      non_negative_maps: support.nonNegativeMaps,
    },
    observed_base_share: observed,
    observed_base_share_se: observedSe,
  }
}

const CHECK =
  'check the axes of the maps (--axes), the order of their channels (--alphabet) and the order of rows'

/** Maps of a population that are not dead, and those of them that are projected. */
interface LiveMaps {
  readonly live: number
  readonly projected: number
}

/**
 * What is wrong with a population of projected maps (attribution times one-hot) some of which have another channel than the base of
 * their sequence; undefined if nothing is.
 */
export function projectedProblem(
  support: Support | undefined,
  { live, projected }: LiveMaps,
): string | undefined {
  const elsewhere = support?.projectedElsewhereMaps ?? 0
  if (elsewhere === 0 || projected < live) return undefined
  return `has maps with one non-zero channel a position at most (attribution times one-hot), and in ${elsewhere} of ${live} it is not that of the sequence's base: maps and sequences do not belong together; ${CHECK}`
}

/** Error: `record`, for a population of which `projectedProblem` has something to say. */
export function assertProjected(model: string, support: Support | undefined, maps: LiveMaps): void {
  const problem = projectedProblem(support, maps)
  if (problem !== undefined) throw new DataError('record', `model ${model} ${problem}`)
}

/** Errors that the share of observed bases must be above chance by. */
const LEAST_ERRORS = 3
const CHANCE = 1 / 4
const MOST_NON_NEGATIVE = 0.99

/**
 * What a reader must know of how maps go with their sequences, in words.
 *
 * @param live Maps that are not dead.
 * @param projected Those that are projected, whose only channel has been held against the sequence already.
 */
export function supportWarnings(
  support: Support | undefined,
  { observed_base_share: share, observed_base_share_se: se }: SupportScore,
  { live, projected }: LiveMaps,
): string[] {
  if (support === undefined || live === 0) return []
  const warnings: string[] = []
  if (support.projectedElsewhereMaps > 0) {
    warnings.push(
      `${support.projectedElsewhereMaps} maps have one non-zero channel a position at most, but not that of the sequence's base: they may not belong together; ${CHECK}`,
    )
  }
  const { nonNegativeMaps, observedZeroMaps, zeroElsewhereMaps } = support
  if (zeroElsewhereMaps > 0) {
    warnings.push(
      `${zeroElsewhereMaps} maps have exactly one 0 at every position, as differences from the sequence have, but not at its base: maps and sequences do not belong together; ${CHECK}`,
    )
  } else if (
    projected + observedZeroMaps < live &&
    share !== null &&
    se !== null &&
    share - LEAST_ERRORS * se <= CHANCE
  ) {
    warnings.push(
      `the observed base has the largest corrected value at ${(100 * share).toFixed(1)} ± ${(100 * se).toFixed(1)} % of attributed positions, not above the 25 % of chance: maps and sequences may not belong together; ${CHECK} (maps of noise, or of what lowers the output, look the same)`,
    )
  }
  if (nonNegativeMaps >= MOST_NON_NEGATIVE * live) {
    warnings.push(
      'no map has a negative value: were absolute values saved? They lower both scores; save signed values (captum: Saliency(...).attribute(..., abs=False))',
    )
  }
  return warnings
}
