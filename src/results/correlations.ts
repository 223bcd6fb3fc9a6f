import { pearson, spearman } from '../stats/association.js'
import { correlationP } from '../stats/significance.js'
import type { Correlation, SelectedModel } from './selection.js'

/** How performance and both metrics go with what is known of the models, over all of them and over those kept. */
export function correlationsOf(
  models: readonly SelectedModel[],
  name: string,
  filtered: boolean,
): Correlation[] {
  const values = { performance: 'performance', kmer: 'kmer_nats', angular: 'angular_nats' } as const
  return (['kmer', 'angular', 'performance'] as const).flatMap(of =>
    (filtered ? (['all', 'kept'] as const) : (['all'] as const)).map(over => {
      const pairs = models.flatMap(model => {
        const [x, y] = [model[values[of]], model.truth]
        return x === null || y === null || (over === 'kept' && !model.kept) ? [] : [[x, y] as const]
      })
      const [x, y] = [pairs.map(([value]) => value), pairs.map(([, value]) => value)]
      const several = pairs.length >= 3
      const [r, rho] = several ? [pearson(x, y), spearman(x, y)] : []
      return {
        of,
        with: name,
        over,
        models: pairs.length,
        pearson: r ?? null,
        pearson_p: r === undefined ? null : (correlationP(r, pairs.length) ?? null),
        spearman: rho ?? null,
        spearman_p: rho === undefined ? null : (correlationP(rho, pairs.length) ?? null),
      }
    }),
  )
}
