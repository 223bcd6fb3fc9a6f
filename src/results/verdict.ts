import { listed } from '../core/english.js'
import type { ModelScore } from '../metrics/model-score.js'
import { halfWidth95 } from '../stats/jackknife.js'
import { beatenBy, type ParetoAxis } from '../stats/pareto.js'
import {
  differenceMarginOf,
  errorOf,
  type Metric,
  METRICS,
  type Statistic,
  statisticValue,
} from './compare.js'

/** Held-out performance that models are judged by as well. */
export interface VerdictPerformance {
  /** As a sentence names it, such as `auroc`. */
  readonly label: string
  readonly axis: ParetoAxis<string>
}

/** What scores say of models against each other and against noise; never that one is good in itself. */
export interface Verdict {
  /** Models that no other beats. */
  readonly unbeaten: readonly string[]
  /** Each other model, and one that beats it. */
  readonly beaten: ReadonlyMap<string, string>
  /** Models that are not compared, as they were scored on other sequences or lack a value. */
  readonly apart: readonly string[]
  /** Models whose value of a metric is not above noise. */
  readonly noise: { readonly [metric in Metric]: readonly string[] }
  /** Two models that the metrics order in opposite ways, each beyond errors; the first is higher by k-mers. */
  readonly disagreement: readonly [string, string] | undefined
  /** The same in two or three sentences. */
  readonly sentences: readonly string[]
}

const WORDS: { readonly [metric in Metric]: string } = { kmer: 'k-mers', angular: 'angles' }

/**
 * The verdict on models by their consistency, and by held-out performance if it is known. A model beats another if it is at
 * least as high on every axis, and on one of them by more than half the 95% interval of the difference. A value is as noise if
 * 0 lies within its 95% interval. Only models that were scored on the same sequences are compared: the most that were.
 */
export function verdictOf(
  models: readonly ModelScore[],
  {
    performance,
    statistic = 'cv',
  }: { performance?: VerdictPerformance | undefined; statistic?: Statistic } = {},
): Verdict {
  const axes: ParetoAxis<ModelScore>[] = METRICS.map(metric => ({
    of: model => statisticValue(model, metric, statistic),
    margin: (a, b) => differenceMarginOf(a, b, metric, statistic),
  }))
  if (performance !== undefined) {
    axes.unshift({
      of: ({ model }) => performance.axis.of(model),
      margin: (a, b) => performance.axis.margin(a.model, b.model),
    })
  }
  const together = largestPopulation(models)
  const compared = together.filter(model => axes.every(({ of }) => of(model) !== null))
  const by = beatenBy(compared, axes)
  const beaten = new Map(
    compared.flatMap(({ model }, i) => (by[i] === undefined ? [] : [[model, by[i].model]])),
  )
  const found = {
    unbeaten: compared.map(({ model }) => model).filter(name => !beaten.has(name)),
    beaten,
    apart: models.filter(model => !compared.includes(model)).map(({ model }) => model),
    noise: { kmer: noiseIn(models, 'kmer', statistic), angular: noiseIn(models, 'angular', statistic) },
    disagreement: disagreementOf(compared, statistic),
  }
  return { ...found, sentences: sentencesOf(found, models.length, performance?.label) }
}

/** The most models that were scored on the same sequences, as far as their ids show. */
function largestPopulation(models: readonly ModelScore[]): readonly ModelScore[] {
  const populations = new Map<string, ModelScore[]>()
  for (const model of models) {
    const key = model.ids == null ? `${model.records} records` : `${model.ids.count} ${model.ids.digest}`
    populations.set(key, [...(populations.get(key) ?? []), model])
  }
  return [...populations.values()].reduce((most, some) => (some.length > most.length ? some : most), [])
}

function noiseIn(models: readonly ModelScore[], metric: Metric, statistic: Statistic): string[] {
  return models
    .filter(model => {
      const value = statisticValue(model, metric, statistic)
      const se = errorOf(model, metric, statistic) ?? 0
      // Scores of earlier versions lack groups.
      const { length } = (model.jackknife as ModelScore['jackknife'] | undefined)?.groups ?? []
      return statistic !== 'kld' && value !== null && value <= (length > 1 ? halfWidth95(length) * se : 0)
    })
    .map(({ model }) => model)
}

function disagreementOf(
  models: readonly ModelScore[],
  statistic: Statistic,
): readonly [string, string] | undefined {
  const beats = (a: ModelScore, b: ModelScore, metric: Metric) =>
    (statisticValue(a, metric, statistic) as number) - (statisticValue(b, metric, statistic) as number) >
    differenceMarginOf(a, b, metric, statistic)
  for (const a of models) {
    const b = models.find(other => beats(a, other, 'kmer') && beats(other, a, 'angular'))
    if (b !== undefined) return [a.model, b.model]
  }
  return undefined
}

function sentencesOf(
  { unbeaten, beaten, apart, noise, disagreement }: Omit<Verdict, 'sentences'>,
  models: number,
  performance: string | undefined,
): string[] {
  const sentences: string[] = []
  const axes = performance === undefined ? 'both consistencies' : `${performance} and both consistencies`
  if (unbeaten.length + beaten.size > 1) {
    const winners = [...new Set(beaten.values())].filter(name => unbeaten.includes(name))
    const beats = winners.map(
      winner =>
        `${winner} beats ${listed([...beaten].filter(([, by]) => by === winner).map(([name]) => name))}`,
    )
    const none =
      beaten.size === 0
        ? `No model beats another: ${listed(unbeaten)} differ within their errors or each lead somewhere`
        : `No model beats ${listed(unbeaten)}`
    sentences.push(`${[none, ...beats.slice(0, 3)].join('; ')} (${axes}, errors counted).`)
  } else if (models === 1) {
    const above = METRICS.filter(metric => noise[metric].length === 0).map(metric => WORDS[metric])
    sentences.push(
      above.length === 0
        ? 'The maps are not above noise by either metric.'
        : `The maps are above noise by ${listed(above)}; score another model on the same sequences to compare.`,
    )
  }
  if (apart.length > 0 && models > 1) {
    sentences.push(`Not compared, as scored on other sequences or without a value: ${listed(apart)}.`)
  }
  const asNoise = METRICS.filter(metric => noise[metric].length > 0)
  if (asNoise.length > 0 && models > 1) {
    sentences.push(
      `Not above noise: ${asNoise.map(metric => `${WORDS[metric]} of ${listed(noise[metric])}`).join('; ')}.`,
    )
  }
  if (disagreement !== undefined) {
    const [a, b] = disagreement
    sentences.push(
      `The metrics disagree: ${a} is higher by k-mers, ${b} by angles; compare their motifs (--readout) before choosing.`,
    )
  }
  return sentences
}

/** The verdict on one model in a few words; `place` gives the number of a model in its table. */
export function shortVerdict(
  { beaten, apart, unbeaten }: Verdict,
  model: string,
  place: (name: string) => number,
): string {
  const by = beaten.get(model)
  if (by !== undefined) return `beaten by ${place(by)}`
  if (apart.includes(model)) return 'not compared'
  return unbeaten.length + beaten.size > 1 ? 'not beaten' : '-'
}
