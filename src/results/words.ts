import { DataError } from '../core/errors.js'
import { normalise } from '../stats/divergence.js'
import { type Counts } from '../stats/sums/counts.js'
import { predictCounts } from '../stats/cross-validation.js'
import { LEAST_ERRORS } from '../metrics/kmer/composition.js'
import type { ModelScore } from '../metrics/model-score.js'

/** Attributed k-mers by group, which scores.json does not hold and a state does. */
export interface ModelCounts {
  readonly attributed: Counts
  /** Counts of the prior, any pseudocount added. */
  readonly prior: Float64Array
}

export interface ScoredCounts {
  readonly score: ModelScore
  readonly counts: ModelCounts
}

/** How well each model's k-mers (row) predict those of each other (column), group by group, so that no sequence predicts itself. */
export interface Words {
  /** Names of the models, by row and column. */
  readonly order: readonly string[]
  /** Nats a k-mer of the column's model; its cross-validated value on the diagonal. Null if populations differ by more than 1%. */
  readonly nats: readonly (readonly (number | null)[])[]
  /** Weight of the prior that it was reached with; null for 0. */
  readonly a: readonly (readonly (number | null)[])[]
  /** Share of the column's cross-validated value; null if that is below 3 of its errors. */
  readonly share: readonly (readonly (number | null)[])[]
}

/** The words of models that were scored by the same options, whatever their ids. Errors: `mismatch`, for other k-mers. */
export function wordsOf(
  models: readonly ScoredCounts[],
  compares: (a: ModelScore, b: ModelScore) => boolean,
): Words {
  const cells = models[0].counts.attributed.cells
  for (const { score, counts } of models) {
    if (counts.attributed.cells === cells) continue
    throw new DataError('mismatch', `model ${score.model} has k-mers of another length; score all with one k`)
  }
  const predicted = models.map(from =>
    models.map(of => {
      if (!compares(from.score, of.score)) return undefined
      return predictCounts(pagesOf(from.counts), pagesOf(of.counts), normalise(of.counts.prior))
    }),
  )
  const share = (value: number | undefined, { kmer }: ModelScore) => {
    const { cv_nats: cv, cv_se_nats: se } = kmer
    const hasWords = cv !== null && se !== null && cv > 0 && cv >= LEAST_ERRORS * se
    return value === undefined || !hasWords ? null : value / cv
  }
  return {
    order: models.map(({ score }) => score.model),
    nats: predicted.map(row => row.map(cell => cell?.value ?? null)),
    a: predicted.map(row => row.map(cell => cell?.a ?? null)),
    share: predicted.map(row => row.map((cell, j) => share(cell?.value, models[j].score))),
  }
}

/** What a reader who compares these models must know, in words. */
export function wordsWarnings({ order, share }: Words): string[] {
  return order.flatMap((model, j) => {
    const others = share.flatMap((row, i) => (i === j ? [] : (row[j] ?? [])))
    if (others.length < 3) return []
    const mean = others.reduce((sum, value) => sum + value, 0) / others.length
    return mean < 0.1
      ? [
          `no other model sees the words of ${model}: on average they predict ${Math.round(100 * mean)} % of them`,
        ]
      : []
  })
}

function pagesOf({ attributed }: ModelCounts) {
  return Array.from({ length: attributed.groups }, (_, g) => attributed.of(g))
}
