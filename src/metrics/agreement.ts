import type { AgreementSums, MapAgreement, PairSums } from '../accumulators/map-agreement.js'
import type { Columns } from '../core/table.js'
import { jackknifeError } from '../stats/jackknife.js'

/** Version of agreement.json and its tables. */
export const AGREEMENT_SCHEMA = 'attrstream.agreement/1'

/** Columns of a table with a row for each two models. */
export const AGREEMENT_COLUMNS = {
  a: 'text',
  b: 'text',
  records: 'whole',
  cosine: 'real',
  cosine_se: 'real',
  agreement: 'real',
  agreement_se: 'real',
  overlap: 'real',
  overlap_se: 'real',
  cosine_records: 'whole',
  overlap_records: 'whole',
} as const satisfies Columns

/** Agreement of two models, over the records for which it is defined. */
export interface PairAgreement {
  readonly a: string
  readonly b: string
  /** Records with an agreement; those with a cosine and with an overlap may be others. */
  readonly records: number
  readonly cosine: number | null
  readonly cosine_se: number | null
  readonly agreement: number | null
  readonly agreement_se: number | null
  readonly overlap: number | null
  readonly overlap_se: number | null
  readonly cosine_records: number
  readonly overlap_records: number
}

/** Agreement of all models. */
export interface AgreementScore {
  readonly models: readonly string[]
  /** Records that all models have, none of them bad. */
  readonly records: number
  /** Ids that some models lack. */
  readonly unmatched: number
  readonly all: {
    /** Records in which every two models have an agreement. */
    readonly records: number
    /** The reproducible share of a map: the mean agreement of all pairs. */
    readonly agreement: number | null
    readonly agreement_se: number | null
    /** What the mean of these models would agree with the mean of as many others. */
    readonly ensemble_agreement: number | null
    readonly ensemble_agreement_se: number | null
  }
  readonly pairs: readonly PairAgreement[]
}

/** What agreement says of one model. */
export interface ModelAgreement {
  readonly model: string
  /** Mean agreement with the other models. */
  readonly agreement_with_others: number | null
  readonly agreement_with_others_se: number | null
  readonly dead_maps: number
  /** Median of the norms of the corrected maps that are not dead, to about 5 %. */
  readonly median_norm: number | null
}

export interface Agreement {
  readonly agreement: AgreementScore
  readonly models: readonly ModelAgreement[]
  readonly warnings: readonly string[]
}

/** Which models are averaged, and how. */
export interface AverageOf {
  readonly members: readonly string[]
  readonly models: number
  /** What is averaged: corrected maps as they are, or each divided by its norm. */
  readonly norm: 'none' | 'l2'
}

/** What a join averages. */
export function averageOf({
  models,
  average = 'none',
}: {
  readonly models: readonly { readonly model: string }[]
  readonly average?: AverageOf['norm'] | undefined
}): AverageOf {
  return { members: models.map(({ model }) => model), models: models.length, norm: average }
}

type Value = readonly [value: number | null, se: number | null]

/**
 * Agreement as numbers. Each is a mean over records, its error that of the jackknife by groups of records.
 *
 * Source of the ensemble's: the Spearman-Brown formula (British Journal of Psychology 3, 1910).
 */
export function agreementOf(sums: MapAgreement, unmatched: number): Agreement {
  const { models, pairs, all, groups } = sums
  const k = models.length
  const mean = (
    sum: (of: AgreementSums) => number,
    count: (of: AgreementSums) => number,
    shown: (value: number) => number = value => value,
  ): Value => {
    const [whole, n] = [sum(all), count(all)]
    const value = shown(whole / n)
    if (n === 0 || !Number.isFinite(value)) return [null, null]
    const left = groups.map(group => shown((whole - sum(group)) / (n - count(group))))
    return [value, jackknifeError(left) ?? null]
  }
  const ofPair = (what: 'cosine' | 'agreement' | 'overlap', p: number) =>
    mean(
      of => of[what].sums[p],
      of => of[what].counts[p],
    )
  const complete = (of: AgreementSums) => of.complete
  const [agreement, agreementSe] = mean(of => of.mean, complete)
  const [ensemble, ensembleSe] = mean(
    of => of.mean,
    complete,
    r => spearmanBrown(r, k),
  )
  const counted = (of: PairSums, p: number) => of.counts[p]
  return {
    agreement: {
      models,
      records: all.records,
      unmatched,
      all: {
        records: all.complete,
        agreement,
        agreement_se: agreementSe,
        ensemble_agreement: ensemble,
        ensemble_agreement_se: ensembleSe,
      },
      pairs: pairs.map(([a, b], p): PairAgreement => {
        const [cosine, agreed, overlap] = (['cosine', 'agreement', 'overlap'] as const).map(what =>
          ofPair(what, p),
        )
        return {
          a: models[a],
          b: models[b],
          records: counted(all.agreement, p),
          cosine: cosine[0],
          cosine_se: cosine[1],
          agreement: agreed[0],
          agreement_se: agreed[1],
          overlap: overlap[0],
          overlap_se: overlap[1],
          cosine_records: counted(all.cosine, p),
          overlap_records: counted(all.overlap, p),
        }
      }),
    },
    models: models.map((model, m): ModelAgreement => {
      const [value, se] = mean(of => of.withOthers[m], complete)
      return {
        model,
        agreement_with_others: value,
        agreement_with_others_se: se,
        dead_maps: sums.dead[m],
        median_norm: Number.isNaN(sums.medians[m]) ? null : sums.medians[m],
      }
    }),
    warnings: agreementWarnings(sums),
  }
}

/** Mean agreement of the pairs of models of one group, or of two. */
export interface GroupAgreement {
  readonly group_a: string
  readonly group_b: string
  readonly pairs: number
  readonly agreement: number | null
  readonly agreement_se: number | null
}

/** Mean agreement within groups of models that have several, and between every two groups, with errors over records. */
export function groupAgreements(
  { models, pairs, all, groups }: MapAgreement,
  groupOf: (model: string) => string,
): GroupAgreement[] {
  const names = [...new Set(models.map(groupOf))]
  const own = models.map(model => names.indexOf(groupOf(model)))
  return names.flatMap((group_a, i) =>
    names.slice(i).flatMap((group_b, j) => {
      const chosen = pairs.flatMap(([a, b], p) => {
        const [x, y] = [Math.min(own[a], own[b]), Math.max(own[a], own[b])]
        return x === i && y === i + j ? [p] : []
      })
      if (chosen.length === 0) return []
      const mean = (left?: AgreementSums) => {
        const of = ({ sums, counts }: PairSums, p: number) =>
          (sums[p] - (left?.agreement.sums[p] ?? 0)) / (counts[p] - (left?.agreement.counts[p] ?? 0))
        return chosen.reduce((sum, p) => sum + of(all.agreement, p), 0) / chosen.length
      }
      const value = mean()
      const isKnown = Number.isFinite(value)
      const agreement_se = isKnown ? (jackknifeError(groups.map(mean)) ?? null) : null
      return [{ group_a, group_b, pairs: chosen.length, agreement: isKnown ? value : null, agreement_se }]
    }),
  )
}

/** Reliability of the mean of k from that of one; NaN where it has none. */
function spearmanBrown(r: number, k: number): number {
  return r <= -1 / (k - 1) ? Number.NaN : (k * r) / (1 + (k - 1) * r)
}

/** Norms that differ by more than this are those of other scales. */
const MOST_RATIO = 10

function agreementWarnings({ models, pairs, all, identical, medians }: MapAgreement): string[] {
  const warnings = pairs.flatMap(([a, b], p) =>
    all.records > 0 && identical[p] === all.records
      ? [
          `${models[a]} and ${models[b]} are the same maps twice, equal to the last bit; leave one of them out`,
        ]
      : [],
  )
  const known = medians.filter(median => !Number.isNaN(median))
  const [least, most] = [Math.min(...known), Math.max(...known)]
  if (known.length > 1 && most > MOST_RATIO * least) {
    const name = (median: number) => models[medians.indexOf(median)]
    warnings.push(
      `maps of ${name(most)} are ${(most / least).toPrecision(2)} times as large as those of ${name(least)} (median norm): in a mean they outweigh the others; average with --average l2`,
    )
  }
  return warnings
}
