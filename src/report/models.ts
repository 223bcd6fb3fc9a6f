import type { GroupedValue } from '../stats/difference-error.js'
import type { ScoreDocument } from '../results/document.js'

/** The numbers of one metric of one model; null where there is none. */
export interface MetricView {
  readonly kld: number | null
  readonly floor: number | null
  readonly excess: number | null
  readonly se: number | null
  readonly excessSe: number | null
  readonly cv: number | null
  readonly cvSe: number | null
  readonly floorShare: number | null
  readonly diversity: number | null
}

export type ReadoutView = NonNullable<ScoreDocument['models'][number]['readout']>

type Word = ReadoutView['words'][number]

/** A word or a cluster; of a cluster without a preferred base the consensus is null. */
export type FindView = Omit<Word, 'kmers' | 'consensus'> &
  Partial<Pick<Word, 'kmers'>> & { readonly consensus: string | null }

export interface ConvergenceView {
  readonly records: number
  readonly kmer: MetricView
  readonly angular: MetricView
}

/** One setting of a sweep by one metric. */
export interface SweepView {
  readonly metric: 'kmer' | 'angular'
  /** k, or the positions of a window. */
  readonly width: number | null
  readonly q: number | null
  readonly top: number | null
  readonly values: MetricView
}

/** A model as the report shows it, whatever version of attrstream its scores are of. */
export interface ModelView {
  readonly name: string
  /** Name of its anchor in the page. */
  readonly anchor: string
  readonly records: number
  readonly kmer: MetricView
  readonly angular: MetricView
  /** How much of the cross-validated k-mer value composition explains. */
  readonly composition: { readonly share: number | null; readonly se: number | null }
  readonly attributedKmers: number
  readonly points: number
  readonly k: number
  readonly grid: 'full' | 'halved'
  readonly angularPrior: 'symmetric' | 'published'
  readonly truth: {
    readonly snr: number | null
    readonly auroc: number | null
    readonly aupr: number | null
  } | null
  readonly convergence: readonly ConvergenceView[]
  readonly sweep: readonly SweepView[]
  readonly readout: ReadoutView | null
  /** What tells errors of differences between models. */
  readonly sampled: GroupedValue
  readonly byGroup: {
    readonly [metric in MetricName]: { readonly [statistic in StatisticView]: readonly number[] }
  }
  readonly warnings: readonly string[]
  readonly counts: { readonly [what: string]: number }
  /** The file that its scores are from. */
  readonly source: string
}

type Loose = { readonly [key: string]: unknown }

/** The models of documents, in the order of consistency: by cross-validated k-mer value, else KLD, descending, then by name. */
export function viewModels(
  documents: readonly { readonly name: string; readonly document: ScoreDocument }[],
): ModelView[] {
  const all = documents.flatMap(({ name, document }) =>
    document.models.map(model => ({ source: name, model: model as unknown as Loose })),
  )
  const names = all.map(({ model }) => String(model['model']))
  const views = all.map(({ model, source }, i) => {
    const twice = names.indexOf(names[i]) !== names.lastIndexOf(names[i])
    return viewOf(model, twice ? `${names[i]} (${source})` : names[i], source)
  })
  const worth = ({ kmer }: { kmer: MetricView }) => kmer.cv ?? kmer.kld ?? Number.NEGATIVE_INFINITY
  return views
    .toSorted((a, b) => worth(b) - worth(a) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    .map((view, i) => ({ ...view, anchor: `m${i}` }))
}

function viewOf(model: Loose, name: string, source: string): Omit<ModelView, 'anchor'> {
  const kmer = loose(model['kmer'])
  const angular = loose(model['angular'])
  const truth = model['truth'] === undefined ? null : loose(model['truth'])
  const jackknife = loose(model['jackknife'])
  return {
    name,
    source,
    records: number(model['records']) ?? 0,
    kmer: metricOf(kmer),
    angular: metricOf(angular),
    composition: compositionOf(loose(kmer['composition'])),
    attributedKmers: number(kmer['attributed_kmers']) ?? 0,
    points: number(angular['points']) ?? 0,
    k: number(loose(kmer['options'])['k']) ?? 6,
    grid: loose(angular['options'])['grid'] === 'halved' ? 'halved' : 'full',
    angularPrior: loose(angular['options'])['prior'] === 'published' ? 'published' : 'symmetric',
    truth: truth && { snr: number(truth['snr']), auroc: number(truth['auroc']), aupr: number(truth['aupr']) },
    convergence: list(model['convergence']).map(point => ({
      records: number(loose(point)['records']) ?? 0,
      kmer: metricOf(loose(loose(point)['kmer'])),
      angular: metricOf(loose(loose(point)['angular'])),
    })),
    sweep: list(model['sweep']).map(item => {
      const row = loose(item)
      return {
        metric: row['metric'] === 'angular' ? 'angular' : 'kmer',
        width: number(row['k']) ?? number(row['window']),
        q: number(row['q']) ?? number(row['threshold_q']),
        top: number(row['threshold_top']),
        values: metricOf(row),
      }
    }),
    readout: (model['readout'] as ReadoutView | undefined) ?? null,
    sampled: { ids: idsOf(loose(model['ids'])), groups: numbers(jackknife['groups']) },
    byGroup: { kmer: byGroupOf(loose(jackknife['kmer'])), angular: byGroupOf(loose(jackknife['angular'])) },
    warnings: list(model['warnings']).map(String),
    counts: {
      ...Object.fromEntries(
        (
          [
            ['dead maps', 'dead_maps'],
            ['projected maps', 'projected_maps'],
            ['unknown positions', 'unknown_positions'],
            ['bad records', 'bad_records'],
          ] as const
        ).map(([what, key]) => [what, number(model[key]) ?? 0]),
      ),
      ...Object.fromEntries(
        Object.entries(loose(model['bad_records_by_reason'])).map(([reason, count]) => [
          `bad records: ${reason}`,
          number(count) ?? 0,
        ]),
      ),
    },
  }
}

function metricOf(metric: Loose): MetricView {
  return {
    kld: number(metric['kld_nats']),
    floor: number(metric['null_nats']),
    excess: number(metric['excess_nats']),
    se: number(metric['se_nats']),
    excessSe: number(metric['excess_se_nats']),
    cv: number(metric['cv_nats']),
    cvSe: number(metric['cv_se_nats']),
    floorShare: number(metric['floor_share']),
    diversity: number(metric['diversity_folded']) ?? number(metric['diversity']),
  }
}

function compositionOf(composition: Loose): ModelView['composition'] {
  return { share: number(composition['composition_share']), se: number(composition['composition_share_se']) }
}

function byGroupOf(values: Loose) {
  return {
    cv: numbers(values['cv_nats']),
    excess: numbers(values['excess_nats']),
    kld: numbers(values['kld_nats']),
  }
}

function idsOf({ count, digest }: Loose): GroupedValue['ids'] {
  return typeof count === 'number' && typeof digest === 'string' ? { count, digest } : null
}

/** Numbers of a list; none where any is no number. */
function numbers(value: unknown): readonly number[] {
  const all = list(value).map(number)
  return all.includes(null) ? [] : (all as number[])
}

function loose(value: unknown): Loose {
  return typeof value === 'object' && value !== null ? (value as Loose) : {}
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function number(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

/** What models may be compared by. */
export type StatisticView = 'cv' | 'excess' | 'kld'

/** The value by which models are compared, and what it is called: the best that all of them have. */
export interface ReportedStatistic {
  readonly statistic: StatisticView
  readonly label: string
  readonly of: (metric: MetricView) => number | null
  readonly se: (metric: MetricView) => number | null
}

const CROSS_VALIDATED: ReportedStatistic = {
  statistic: 'cv',
  label: 'cross-validated consistency (nats)',
  of: metric => metric.cv,
  se: metric => metric.cvSe,
}
const EXCESS: ReportedStatistic = {
  statistic: 'excess',
  label: 'excess over the null (nats)',
  of: metric => metric.excess,
  se: metric => metric.excessSe,
}
const DIVERGENCE: ReportedStatistic = {
  statistic: 'kld',
  label: 'KLD (nats)',
  of: metric => metric.kld,
  se: metric => metric.se,
}

/** Cross-validated values where any model has one for this metric, else the excess, else the KLD itself. */
export function consistencyView(models: readonly ModelView[], metric: MetricName): ReportedStatistic {
  const has = (consistency: ReportedStatistic) => models.some(model => consistency.of(model[metric]) !== null)
  return has(CROSS_VALIDATED) ? CROSS_VALIDATED : has(EXCESS) ? EXCESS : DIVERGENCE
}

export type MetricName = 'kmer' | 'angular'

/** What people call the metrics. */
export const METRIC_NAMES: { readonly [metric in MetricName]: string } = { kmer: 'k-mer', angular: 'angular' }

/** Both, with their names. */
export const NAMED_METRICS: readonly (readonly [metric: MetricName, name: string])[] = [
  ['kmer', METRIC_NAMES.kmer],
  ['angular', METRIC_NAMES.angular],
]

/** The consensus of a word or cluster, for people. */
export function consensusText({ consensus }: Pick<FindView, 'consensus'>): string {
  return consensus === null || /^N*$/.test(consensus) ? 'no preferred base' : consensus
}
