import { cellContexts } from '../accumulators/cell-contexts.js'
import { duplicateIds } from '../accumulators/duplicate-ids.js'
import { groundTruth } from '../accumulators/ground-truth.js'
import { idDigest } from '../accumulators/id-digest.js'
import { kmerContexts } from '../accumulators/kmer-contexts.js'
import { positionProfile } from '../accumulators/position-profile.js'
import { runSample } from '../accumulators/run-sample.js'
import { support } from '../accumulators/support.js'
import { tally } from '../accumulators/tally.js'
import { given, mapResult, pipe, together } from '../core/compose.js'
import type { AttributionRecord, OpaqueAccumulator } from '../core/types.js'
import { CONTEXT_K_MAX } from '../dna/flanks.js'
import type { RunsRecord } from '../dna/records.js'
import { correct } from '../stages/correct.js'
import { requireLength } from '../stages/require-length.js'
import { selectRuns } from '../stages/select-runs.js'
import { gridsOf, pointsOf, rotatedGridsOf } from './angular/accumulator.js'
import { byModel, type RecordAccumulator } from './by-model.js'
import { kmersOf, populationPrior, sweepPriors, sweptKmers } from './kmer/accumulator.js'
import {
  type Cuts,
  type KmerStatistics,
  type PopulationStatistics,
  STATE_FORMAT,
  type StatisticsOptions,
} from './statistics.js'
import { angularName, otherAngles } from './sweep-options.js'

/** What the scoring pass adds up, by model (under `all` where records are not split). */
export function scoreAccumulator(
  options: StatisticsOptions,
  cuts?: Cuts,
): RecordAccumulator<ReadonlyMap<string, PopulationStatistics>> {
  return byModel(options, cuts, model => mapResult(sumsOf(options, cuts, model), statisticsOf(options)))
}

type Sums = ReturnType<typeof sumsOf> extends OpaqueAccumulator<AttributionRecord, infer T> ? T : never

/**
 * The paper in one expression: sequences give the prior; corrected maps give the k-mers of their attributed runs, and their
 * windows the angular grid. What an option does not ask for is undefined, and adds nothing.
 */
function sumsOf(options: StatisticsOptions, cuts: Cuts | undefined, model: string) {
  const { metrics, truth, readout } = options
  const { kmer, angular } = metrics
  const points = readout && pointsOf(angular, cuts, model)
  const maps = together(
    given({
      tally: tally(),
      spectrum: pipe(selectRuns(kmer), runSums(options)),
      profile: isPresent(options) && positionProfile({ basis: angular.basis }),
      sweptKmers: sweptKmers(options),
      grid: gridsOf(options, cuts, model),
      rotated: rotatedGridsOf(options, cuts, model),
      truth: truth && groundTruth(truth),
      cellContexts: points && pipe(points, cellContexts({ grid: angular.grid })),
      kmerContexts: readout && kmer.k <= CONTEXT_K_MAX && pipe(selectRuns(kmer), kmerContexts({ k: kmer.k })),
    }),
  )
  const sequences = given({
    ids: duplicateIds(),
    digest: idDigest(),
    prior: populationPrior(options),
    sweepPriors: sweepPriors(options),
    maps: pipe(correct({ basis: angular.basis }), maps),
  })
  return pipe(requireLength<AttributionRecord>({ k: kmer.k }), together(sequences))
}

/** What is added up over attributed runs: their k-mers, what they say of the observed bases, and a sample of them. */
function runSums(options: StatisticsOptions): OpaqueAccumulator<RunsRecord, RunSums> {
  const kmers = kmersOf(options.metrics.kmer.k, options)
  if (!isPresent(options))
    return mapResult(kmers, kmers => ({ kmers, support: undefined, sample: undefined }))
  return together({ kmers, support: support(), sample: runSample() })
}

type RunSums = Pick<PopulationStatistics, 'support' | 'sample'> & {
  readonly kmers: KmerStatistics
}

/** Whether the state is of the present format; those of format 2 have neither support, nor sample, nor profile. */
function isPresent({ format = STATE_FORMAT }: StatisticsOptions): boolean {
  return format === STATE_FORMAT
}

/** The sums under the names that scores are computed from. */
function statisticsOf({ metrics, sweep }: StatisticsOptions): (sums: Sums) => PopulationStatistics {
  const angles = otherAngles(metrics, sweep).map(angularName)
  return ({
    maps: { spectrum, sweptKmers = {}, grid, rotated = [], ...maps },
    sweepPriors = {},
    ...sums
  }) => ({
    ...sums,
    ...maps,
    spectrum: spectrum.kmers.attributed,
    shifted: spectrum.kmers.shifted,
    support: spectrum.support,
    sample: spectrum.sample,
    grid: grid.own,
    rotated: rotated.map(({ own }) => own),
    sweep: {
      kmer: sweptKmers,
      priors: sweepPriors,
      angular: Object.fromEntries(
        angles.map(name => [
          name,
          { grid: grid.others[name], rotated: rotated.map(({ others }) => others[name]) },
        ]),
      ),
    },
  })
}
