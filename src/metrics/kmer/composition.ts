import { percent } from '../../core/format-number.js'
import type { CrossValidated } from '../../stats/cross-validation.js'
import { deviationsSe } from '../../stats/jackknife.js'
import { type MarkovGain, markovGains } from '../../stats/markov.js'

/** How much of the cross-validated k-mer value composition alone explains. Null if there is none. */
export interface Composition {
  /** Gain of a model of single bases, in nats; not clipped, so that noise may be below 0. */
  readonly base_cv_nats: number
  readonly base_cv_se_nats: number
  /** The same of base pairs, each after the base before it; null for k = 1. */
  readonly dinucleotide_cv_nats: number | null
  readonly dinucleotide_cv_se_nats: number | null
  /** Their shares of the cross-validated value; null if that is below 3 of its errors: there are no words to share out. */
  readonly base_share: number | null
  readonly base_share_se: number | null
  readonly composition_share: number | null
  readonly composition_share_se: number | null
}

/** A value below this many of its errors is not shared out. */
export const LEAST_ERRORS = 3

/**
 * The composition shares of a k-mer score.
 *
 * @param groups Attributed k-mers of each group; undefined if it has none.
 * @param prior Counts of the prior, any pseudocount added.
 */
export function compositionOf(
  groups: readonly (ArrayLike<number> | undefined)[],
  prior: ArrayLike<number>,
  k: number,
  cv: CrossValidated,
): Composition {
  const { bases, dinucleotides } = markovGains(groups, prior, k)
  const hasWords = cv.value > 0 && cv.value >= LEAST_ERRORS * cv.se
  const share = (gain: MarkovGain | undefined) => (gain && hasWords ? gain.value / cv.value : null)
  const shareSe = (gain: MarkovGain | undefined) => {
    const of = share(gain)
    if (gain === undefined || of === null) return null
    return deviationsSe(gain.parts.map((part, g) => part - of * cv.parts[g])) / cv.value
  }
  return {
    base_cv_nats: bases.value,
    base_cv_se_nats: bases.se,
    dinucleotide_cv_nats: dinucleotides?.value ?? null,
    dinucleotide_cv_se_nats: dinucleotides?.se ?? null,
    base_share: share(bases),
    base_share_se: shareSe(bases),
    composition_share: share(dinucleotides),
    composition_share_se: shareSe(dinucleotides),
  }
}

/** What a reader of the k-mer score must know of it, in words. */
export function compositionWarnings({ base_share, composition_share }: Composition): string[] {
  if (base_share !== null && base_share > 0.5) {
    return [
      `half or more of the k-mer score is base composition (${percent(base_share)} of it): the model attributes stretches rich in some bases, and not words`,
    ]
  }
  if (composition_share !== null && composition_share > 0.9) {
    return [
      `nearly all of the k-mer score is dinucleotide composition (${percent(composition_share)} of it): words of more than two bases add little`,
    ]
  }
  return []
}
