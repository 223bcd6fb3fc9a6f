import { type KmerPrior, kmerPrior } from '../../accumulators/kmer-prior.js'
import { kmerSpectrum } from '../../accumulators/kmer-spectrum.js'
import { mapResult, nothing, pipe, together } from '../../core/compose.js'
import type { AttributionRecord, OpaqueAccumulator } from '../../core/types.js'
import type { CorrectedRecord, RunsRecord } from '../../dna/records.js'
import { type RunsAtEachRecord, runsAt, selectRunsAtEach } from '../../stages/select-runs-at-each.js'
import { shiftRuns } from '../../stages/shift-runs.js'
import type { RecordAccumulator } from '../by-model.js'
import type { KmerStatistics, Named, StatisticsOptions } from '../statistics.js'
import { kmerName, otherKmers } from '../sweep-options.js'

/** The k-mers of all sequences, where they are the prior. */
export function populationPrior({
  metrics,
  populationPrior,
}: StatisticsOptions): RecordAccumulator<KmerPrior | undefined> {
  return populationPrior ? kmerPrior({ k: metrics.kmer.k }) : nothing()
}

/** The k-mers of runs, and of the runs moved at random where that is the null. */
export function kmersOf(
  k: number,
  { nulls }: StatisticsOptions,
): OpaqueAccumulator<RunsRecord, KmerStatistics> {
  const spectrum = () => kmerSpectrum({ k })
  return nulls?.kmer === 'shift'
    ? together({ attributed: spectrum(), shifted: pipe(shiftRuns(), spectrum()) })
    : mapResult(spectrum(), attributed => ({ attributed, shifted: undefined }))
}

/** The k-mers of every setting of a sweep but the one of `metrics`, by name; undefined if there is none. */
export function sweptKmers(
  options: StatisticsOptions,
): OpaqueAccumulator<CorrectedRecord, Named<KmerStatistics>> | undefined {
  const settings = otherKmers(options.metrics, options.sweep)
  if (settings.length === 0) return undefined
  const quantiles = [...new Set(settings.map(({ q }) => q))]
  const spectra = settings.map(setting => {
    const runs = runsAt({ number: quantiles.indexOf(setting.q) })
    return [kmerName(setting), pipe(runs, kmersOf(setting.k, options))] as const
  })
  type Spectra = Named<OpaqueAccumulator<RunsAtEachRecord, KmerStatistics>>
  return pipe(
    selectRunsAtEach({ quantiles, buffer: options.metrics.kmer.buffer }),
    together<RunsAtEachRecord, Spectra>(Object.fromEntries(spectra)),
  )
}

/** The k-mers of all sequences for every k of a sweep but the one of `metrics`; undefined if none is needed. */
export function sweepPriors({
  metrics,
  sweep,
  populationPrior,
}: StatisticsOptions): RecordAccumulator<Named<KmerPrior>> | undefined {
  const others = new Set(otherKmers(metrics, sweep).map(({ k }) => k))
  others.delete(metrics.kmer.k)
  if (!populationPrior || others.size === 0) return undefined
  const priors = Array.from(others, k => [`k=${k}`, kmerPrior({ k })] as const)
  return together<AttributionRecord, Named<RecordAccumulator<KmerPrior>>>(Object.fromEntries(priors))
}
