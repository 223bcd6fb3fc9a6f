import { isAligned } from '../metrics/kmer/position-score.js'
import type { ModelScore } from '../metrics/model-score.js'
import { meanRanks } from '../stats/association.js'
import { haveSameIds } from '../stats/difference-error.js'

/** What models are ranked by all in all. */
export const CRITERIA = ['kmer', 'agreement', 'positive_share'] as const
export type Criterion = (typeof CRITERIA)[number]

/** The mean of ranks over models, 1 the best. */
export interface Overall {
  /** What is ranked, and the column of the scores that it is. */
  readonly criteria: readonly { readonly criterion: Criterion; readonly column: string }[]
  /** Criteria and models that have no part, and why. */
  readonly left_out: readonly { readonly name: string; readonly reason: string }[]
  /** Mean of a model's ranks in the criteria, by its name. */
  readonly means: ReadonlyMap<string, number>
}

/** Fewer models than this do not say which of them the others disagree with. */
const LEAST_MODELS = 3

/**
 * The mean rank of models in k-mer consistency, agreement with the others and, only if it is asked for, the positive share; equal
 * values share the mean of their ranks. If sequences of any model look aligned, the k-mer value is what is beyond position. A
 * criterion that a model lacks is left out for all, a model without a k-mer value by itself.
 *
 * @param agreements Agreement with the others by model, in place of what the scores have.
 */
export function overallOf(
  scores: readonly ModelScore[],
  asked: readonly Criterion[] = ['kmer', 'agreement'],
  agreements?: ReadonlyMap<string, number | null>,
): Overall {
  const aligned = scores.some(({ kmer }) => kmer.position != null && isAligned(kmer.position))
  const kmerOf = ({ kmer }: ModelScore) =>
    (aligned ? kmer.position?.beyond_position_nats : kmer.cv_nats) ?? null
  const kmerColumn = aligned ? 'kmer_beyond_position_nats' : 'kmer_cv_nats'
  const left_out: { name: string; reason: string }[] = []
  const ranked = scores.filter(score => {
    if (!asked.includes('kmer') || kmerOf(score) !== null) return true
    left_out.push({ name: score.model, reason: `has no ${kmerColumn}` })
    return false
  })
  const agreementOf = (score: ModelScore) =>
    (agreements === undefined ? score.agreement_with_others : agreements.get(score.model)) ?? null
  const values: {
    readonly [of in Criterion]: { readonly column: string; readonly of: (score: ModelScore) => number | null }
  } = {
    kmer: { column: kmerColumn, of: kmerOf },
    agreement: { column: 'agreement_with_others', of: agreementOf },
    positive_share: { column: 'positive_share', of: ({ support }) => support?.positive_share ?? null },
  }
  const criteria = asked.flatMap(criterion => {
    const { column, of } = values[criterion]
    const reason =
      criterion === 'agreement' ? agreementProblem(ranked, agreementOf) : lackOf(ranked, column, of)
    if (reason === undefined) return [{ criterion, column }]
    left_out.push({ name: criterion, reason })
    return []
  })
  const ranks = criteria.map(({ criterion }) =>
    meanRanks(ranked.map(score => -(values[criterion].of(score) as number))),
  )
  const mean = (i: number) => ranks.reduce((sum, of) => sum + of[i], 0) / ranks.length
  return {
    criteria,
    left_out,
    means: new Map(ranks.length === 0 ? [] : ranked.map(({ model }, i) => [model, mean(i)])),
  }
}

function agreementProblem(
  scores: readonly ModelScore[],
  of: (score: ModelScore) => number | null,
): string | undefined {
  if (scores.length < LEAST_MODELS) return `needs ${LEAST_MODELS} models or more, found ${scores.length}`
  const other = scores.find(score => !haveSameIds(score, scores[0]))
  if (other !== undefined) {
    return `needs models of the same ids, and ${scores[0].model} and ${other.model} have others`
  }
  const lack = lackOf(scores, 'agreement_with_others', of)
  return lack && `${lack}; score all models at once with --agree`
}

/** Which models lack a value; undefined if none does. */
function lackOf(
  scores: readonly ModelScore[],
  column: string,
  of: (score: ModelScore) => number | null,
): string | undefined {
  const lacking = scores.filter(score => of(score) === null).map(({ model }) => model)
  if (lacking.length === 0) return undefined
  const some = lacking.slice(0, 3).join(', ')
  const more = lacking.length > 3 ? ` and ${lacking.length - 3} more` : ''
  return lacking.length === scores.length
    ? `no model has ${column}`
    : `${some}${more} ${lacking.length > 1 ? 'have' : 'has'} no ${column}`
}
