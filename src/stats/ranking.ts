/** Areas under the two curves of a ranking. */
export interface RankingAreas {
  /** Under the receiver operating characteristic: the share of pairs in which the positive lies above, ties half. */
  auroc: number
  /** Under precision over recall, by trapezoid from recall 0 and precision 1, one point per distinct score. */
  aupr: number
}

/**
 * Areas of the ranking of positives over negatives, as scikit-learn's `roc_auc_score` and `auc` of
 * `precision_recall_curve` have them.
 *
 * @param positives Ascending; the first `positiveCount`, at least one, are taken.
 * @param negatives Ascending; the first `negativeCount`, at least one, are taken.
 */
export function rankingAreas(
  positives: Float64Array,
  positiveCount: number,
  negatives: Float64Array,
  negativeCount: number,
  areas: RankingAreas,
): void {
  let i = positiveCount - 1
  let j = negativeCount - 1
  let halves = 0 // pairs won count two, ties one: whole numbers, so that the area does not depend on an order of sums
  let recall = 0
  let precision = 1
  let aupr = 0
  while (i >= 0) {
    const score = j >= 0 && negatives[j] > positives[i] ? negatives[j] : positives[i]
    const before = i
    const above = j
    while (i >= 0 && positives[i] === score) i--
    while (j >= 0 && negatives[j] === score) j--
    halves += (before - i) * (2 * (j + 1) + (above - j))
    const found = positiveCount - 1 - i
    const nextRecall = found / positiveCount
    const nextPrecision = found / (found + negativeCount - 1 - j)
    aupr += ((nextRecall - recall) * (nextPrecision + precision)) / 2
    recall = nextRecall
    precision = nextPrecision
  }
  areas.auroc = halves / (2 * positiveCount * negativeCount)
  areas.aupr = aupr
}
