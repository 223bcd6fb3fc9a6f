import { cellContexts } from '../accumulators/cell-contexts.js'
import { duplicateIds } from '../accumulators/duplicate-ids.js'
import { groundTruth } from '../accumulators/ground-truth.js'
import { type IdDigest, idDigest } from '../accumulators/id-digest.js'
import { kmerContexts } from '../accumulators/kmer-contexts.js'
import { type KmerPrior, kmerPrior } from '../accumulators/kmer-prior.js'
import { type PositionProfile, positionProfile } from '../accumulators/position-profile.js'
import { runSample } from '../accumulators/run-sample.js'
import { support } from '../accumulators/support.js'
import { tally } from '../accumulators/tally.js'
import { after, derive, nothing, together } from '../core/compose.js'
import type { AttributionRecord, OpaqueAccumulator } from '../core/types.js'
import { CONTEXT_K_MAX } from '../dna/flanks.js'
import type { CorrectedRecord, RunsRecord } from '../dna/records.js'
import { correct } from '../stages/correct.js'
import { requireLength } from '../stages/require-length.js'
import { selectRuns } from '../stages/select-runs.js'
import { angularStatistics, ofAngularSettings, pointsOf, rotationStatistics } from './angular/accumulator.js'
import { byModel, type Statistic } from './by-model.js'
import {
  kmerStatistics,
  NO_SWEEP_PRIORS,
  NO_SWEPT_KMERS,
  ownSweepPriors,
  sweptKmers,
} from './kmer/accumulator.js'
import type { MetricOptions } from './options.js'
import {
  type Cuts,
  type KmerStatistics,
  type PopulationStatistics,
  STATE_FORMAT,
  type StatisticsOptions,
} from './statistics.js'
import { angularName, otherAngles } from './sweep-options.js'

/** The accumulator of the scoring pass: statistics by model (under `all` where records are not split). */
export function populationStatistics(
  options: StatisticsOptions,
  cuts?: Cuts,
): Statistic<ReadonlyMap<string, PopulationStatistics>> {
  return byModel(options, cuts, model => onePopulation(options, cuts, model))
}

function onePopulation(
  options: StatisticsOptions,
  cuts: Cuts | undefined,
  model: string,
): Statistic<PopulationStatistics> {
  const { kmer, angular } = options.metrics
  const prior: Statistic<KmerPrior | undefined> = options.populationPrior
    ? kmerPrior({ k: kmer.k })
    : nothing()
  const later = options.format === 1 ? NOTHING_LATER : { digest: idDigest() as Statistic<IdDigest> }
  const sweepPriors = ownSweepPriors(options)
  const statistics = after(
    requireLength<AttributionRecord>({ k: kmer.k }),
    together({
      ids: duplicateIds(),
      ...later,
      prior,
      ...(sweepPriors === undefined ? NO_SWEEP_PRIORS : { sweepPriors }),
      maps: after(correct({ basis: angular.basis }), mapStatistics(options, cuts, model)),
    }),
  )
  return derive(statistics, ({ ids, digest, prior, sweepPriors = {}, maps: { sweep, ...maps } }) => ({
    ids,
    digest,
    prior,
    ...maps,
    sweep: { ...sweep, priors: sweepPriors },
  }))
}

/** Members that states of format 1 lack. */
const NOTHING_LATER = {} as { readonly digest: Statistic<IdDigest> }

type MapStatistics = Omit<PopulationStatistics, 'ids' | 'digest' | 'prior'>

/** What is added up over corrected maps; agreement with ground truth and what a readout needs only where asked for. */
function mapStatistics(
  options: StatisticsOptions,
  cuts: Cuts | undefined,
  model: string,
): OpaqueAccumulator<CorrectedRecord, MapStatistics> {
  const { kmer } = options.metrics
  const swept = sweptKmers(options)
  const maps = {
    tally: tally(),
    spectrum: after(selectRuns(kmer), runStatistics(kmer.k, options)),
    ...(isPresent(options)
      ? { profile: positionProfile({ basis: options.metrics.angular.basis }) }
      : NO_PROFILE),
    ...(swept === undefined ? NO_SWEPT_KMERS : { sweptKmers: swept }),
    grid: ofAngularSettings(options, (angular, name) => angularStatistics(angular, cuts, model, name)),
    ...rotationStatistics(options, cuts, model),
    ...(options.truth === undefined ? {} : { truth: groundTruth(options.truth) }),
    ...(options.readout === true ? readoutStatistics(options.metrics, cuts, model) : {}),
  }
  const angles = otherAngles(options.metrics, options.sweep).map(angularName)
  return derive(together(maps), ({ spectrum, sweptKmers = {}, grid, rotated = [], ...result }) => ({
    truth: undefined,
    ...result,
    spectrum: spectrum.attributed,
    shifted: spectrum.shifted,
    support: spectrum.support,
    sample: spectrum.sample,
    profile: result.profile,
    grid: grid.own,
    rotated: rotated.map(({ own }) => own),
    sweep: {
      kmer: sweptKmers,
      priors: {},
      angular: Object.fromEntries(
        angles.map(name => [
          name,
          { grid: grid.others[name], rotated: rotated.map(({ others }) => others[name]) },
        ]),
      ),
    },
  }))
}

/** Whether the state is of the present format. */
function isPresent({ format }: StatisticsOptions): boolean {
  return (format ?? STATE_FORMAT) === STATE_FORMAT
}

const NO_PROFILE = {} as { readonly profile: OpaqueAccumulator<CorrectedRecord, PositionProfile | undefined> }

/** What is added up over attributed runs: their k-mers, what they say of the observed bases, and a sample of them. */
function runStatistics(k: number, options: StatisticsOptions): OpaqueAccumulator<RunsRecord, RunStatistics> {
  const kmers = kmerStatistics(k, options)
  if (!isPresent(options))
    return derive(kmers, kmers => ({ ...kmers, support: undefined, sample: undefined }))
  return derive(
    together<
      RunsRecord,
      { kmers: typeof kmers; support: ReturnType<typeof support>; sample: ReturnType<typeof runSample> }
    >({ kmers, support: support(), sample: runSample() }),
    ({ kmers, ...result }) => ({ ...kmers, ...result }),
  )
}

type RunStatistics = KmerStatistics & Pick<PopulationStatistics, 'support' | 'sample'>

/** What a readout needs beside the scores' own sums. */
function readoutStatistics({ kmer, angular }: MetricOptions, cuts: Cuts | undefined, model: string) {
  const points = pointsOf(angular, cuts, model)
  return {
    ...(points && { cellContexts: after(points, cellContexts({ grid: angular.grid })) }),
    ...(kmer.k <= CONTEXT_K_MAX && { kmerContexts: after(selectRuns(kmer), kmerContexts({ k: kmer.k })) }),
  }
}
