/** Pearson's r of two lists of one length; undefined where either does not vary. */
export function pearson(x: readonly number[], y: readonly number[]): number | undefined {
  const n = x.length
  const meanX = x.reduce((sum, value) => sum + value, 0) / n
  const meanY = y.reduce((sum, value) => sum + value, 0) / n
  let xy = 0
  let xx = 0
  let yy = 0
  for (let i = 0; i < n; i++) {
    xy += (x[i] - meanX) * (y[i] - meanY)
    xx += (x[i] - meanX) ** 2
    yy += (y[i] - meanY) ** 2
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : undefined
}

/** Spearman's rank correlation: Pearson's r of the ranks, equal values having the mean of theirs. */
export function spearman(x: readonly number[], y: readonly number[]): number | undefined {
  return pearson(meanRanks(x), meanRanks(y))
}

/** Ranks from 1, equal values having the mean of theirs. */
export function meanRanks(values: readonly number[]): number[] {
  const order = [...values.keys()].toSorted((i, j) => values[i] - values[j])
  const ranks = Array.from(values, () => 0)
  for (let start = 0; start < order.length; ) {
    let end = start + 1
    while (end < order.length && values[order[end]] === values[order[start]]) end++
    for (let at = start; at < end; at++) ranks[order[at]] = (start + end + 1) / 2
    start = end
  }
  return ranks
}
