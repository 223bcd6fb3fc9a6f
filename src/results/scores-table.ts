import type { Cell, CellKind, Columns, Row } from '../core/table.js'
import type { Consistency } from '../metrics/consistency.js'
import type { ModelScore } from '../metrics/model-score.js'

/** Version of the flat table: a column may be added under the same one, never renamed, retyped or taken away. */
export const SCORES_TABLE = 'attrstream.scores-table/1'

export interface ScoreColumn {
  readonly name: string
  readonly kind: CellKind
  readonly about: string
  readonly of: (score: ModelScore) => Cell
}

/** The columns of scores.csv and scores.parquet, one row a model. KLDs are in nats; null where there is nothing to compare. */
export const SCORE_COLUMNS: readonly ScoreColumn[] = [
  text('model', 'name of the model', score => score.model),
  integerColumn('records', 'maps read', score => score.records),
  integerColumn('positions', 'their positions', score => score.positions),
  integerColumn('unknown_positions', 'positions that are N', score => score.unknown_positions),
  integerColumn('dead_maps', 'maps without a magnitude above 0', score => score.dead_maps),
  integerColumn('bad_records', 'records left out because they could not be read', score => score.bad_records),
  text('bad_records_by_reason', 'the same by reason, as "null 2, short 1"', ({ bad_records_by_reason }) => {
    const counts = Object.entries(bad_records_by_reason).map(([reason, count]) => `${reason} ${count}`)
    return counts.length > 0 ? counts.join(', ') : null
  }),
  integerColumn(
    'projected_maps',
    'maps with one non-zero channel at most at every position',
    score => score.projected_maps,
  ),
  integerColumn('ids', 'ids scored', score => score.ids?.count ?? null),
  text('ids_digest', 'equal where the same ids were scored', score => score.ids?.digest ?? null),
  real(
    'observed_base_share',
    'share of attributed positions whose observed base has the largest corrected value; 1/4 by chance',
    score => score.observed_base_share,
  ),
  real('observed_base_share_se', 'its standard error', score => score.observed_base_share_se),
  real(
    'positive_share',
    'mean share of attributed positions whose observed base has a corrected value above 0',
    score => score.support?.positive_share ?? null,
  ),
  real('positive_share_se', 'its standard error', score => score.support?.positive_share_se ?? null),
  real(
    'agreement_with_others',
    'mean agreement with the maps of the other models; null unless it was asked for',
    score => score.agreement_with_others ?? null,
  ),
  real('agreement_with_others_se', 'its standard error', score => score.agreement_with_others_se ?? null),
  real('constant_share', 'mean cosine between the maps of different records', score => score.constant_share),
  real(
    'unseen_share',
    'share of positions whose magnitude is 0 in at least 99 % of the maps',
    score => score.unseen_share,
  ),
  real(
    'thin_fraction',
    'share of the records that were scored, chosen by hash of the id',
    score => score.thin?.fraction ?? null,
  ),
  real('kmer_kld_nats', 'KLD of attributed k-mers from the prior', score => score.kmer.kld_nats),
  ...consistency('kmer', 'k-mer', score => score.kmer),
  real(
    'kmer_diversity_folded',
    'the same, a k-mer and its reverse complement being one',
    score => score.kmer.diversity_folded,
  ),
  real(
    'kmer_base_cv_nats',
    'cross-validated gain of base composition',
    ({ kmer }) => kmer.composition?.base_cv_nats ?? null,
  ),
  real('kmer_base_cv_se_nats', 'its standard error', ({ kmer }) => kmer.composition?.base_cv_se_nats ?? null),
  real(
    'kmer_dinucleotide_cv_nats',
    'cross-validated gain of dinucleotide composition',
    ({ kmer }) => kmer.composition?.dinucleotide_cv_nats ?? null,
  ),
  real(
    'kmer_dinucleotide_cv_se_nats',
    'its standard error',
    ({ kmer }) => kmer.composition?.dinucleotide_cv_se_nats ?? null,
  ),
  real(
    'kmer_base_share',
    'share of the cross-validated k-mer value that base composition gives',
    ({ kmer }) => kmer.composition?.base_share ?? null,
  ),
  real('kmer_base_share_se', 'its standard error', ({ kmer }) => kmer.composition?.base_share_se ?? null),
  real(
    'kmer_composition_share',
    'share of it that dinucleotide composition gives',
    ({ kmer }) => kmer.composition?.composition_share ?? null,
  ),
  real(
    'kmer_composition_share_se',
    'its standard error',
    ({ kmer }) => kmer.composition?.composition_share_se ?? null,
  ),
  real(
    'kmer_position_cv_nats',
    'cross-validated value of runs of other records, applied to each sequence of a sample',
    ({ kmer }) => kmer.position?.position_cv_nats ?? null,
  ),
  real(
    'kmer_beyond_position_nats',
    'value of the runs of the sample itself minus that',
    ({ kmer }) => kmer.position?.beyond_position_nats ?? null,
  ),
  real(
    'kmer_beyond_position_se_nats',
    'its standard error',
    ({ kmer }) => kmer.position?.beyond_position_se_nats ?? null,
  ),
  text('kmer_null', 'how the k-mer null was made', ({ kmer }) => kmer.null?.kind ?? null),
  integerColumn('attributed_kmers', 'k-mers inside attributed runs', score => score.kmer.attributed_kmers),
  integerColumn('runs', 'attributed runs', score => score.kmer.runs),
  integerColumn('k', 'length of the k-mers', score => score.kmer.options.k),
  real('q', 'quantile of magnitudes that attributed positions exceed', score => score.kmer.options.q),
  integerColumn('buffer', "positions added to a run's 3' end", score => score.kmer.options.buffer),
  text('prior', 'where the prior is from', score => score.kmer.options.prior),
  real('pseudocount', 'count added to each k-mer of the prior', score => score.kmer.options.pseudocount),
  real('angular_kld_nats', 'KLD of the angular density from its prior', score => score.angular.kld_nats),
  ...consistency('angular', 'angular', score => score.angular),
  text('angular_null', 'how the angular null was made', ({ angular }) => angular.null?.kind ?? null),
  integerColumn('points', 'windows above the threshold', score => score.angular.points),
  real(
    'effective_points',
    'number of points of equal weight that carry the same information',
    score => score.angular.effective_points,
  ),
  integerColumn('window', 'window width in positions', score => score.angular.options.window),
  text('window_kind', 'alignment of the window to its position', score => score.angular.options.windowKind),
  text('reduce', 'how vectors in a window are combined', score => score.angular.options.reduce),
  text('basis', 'axes of a corrected vector', score => score.angular.options.basis),
  text('normalise', 'normalisation of each map', score => score.angular.options.normalise),
  text('threshold', 'per-sequence or global', score => score.angular.options.threshold.kind),
  real('threshold_q', 'quantile of a per-sequence threshold', ({ angular: { options } }) =>
    options.threshold.kind === 'per-sequence' ? options.threshold.q : null,
  ),
  real('threshold_top', 'fraction of a global threshold', ({ angular: { options } }) =>
    options.threshold.kind === 'global' ? options.threshold.top : null,
  ),
  real('threshold_cut', 'radius that points exceed, of a global threshold', ({ angular: { threshold } }) =>
    threshold.kind === 'global' ? finite(threshold.cut) : null,
  ),
  text(
    'threshold_resolution',
    'exact, or bins of a radius axis, of a global threshold',
    ({ angular: { threshold } }) => (threshold.kind === 'global' ? threshold.resolution : null),
  ),
  real(
    'weight',
    'exponent: a point of radius r has weight r to this power',
    score => score.angular.options.weight,
  ),
  text('grid', 'part of the sphere covered by the angular histogram', score => score.angular.options.grid),
  text(
    'angular_prior',
    'smoothing of the density that gives its prior',
    score => score.angular.options.prior,
  ),
  text('cells', 'cells that count in the KLD', score => score.angular.options.cells),
  real('truth_snr', 'signal-to-noise ratio by ground truth', score => score.truth?.snr ?? null),
  real('truth_snr_se', 'its standard error', score => score.truth?.snr_se ?? null),
  real(
    'truth_auroc',
    'area under ROC of motif over background positions',
    score => score.truth?.auroc ?? null,
  ),
  real('truth_auroc_se', 'its standard error', score => score.truth?.auroc_se ?? null),
  real('truth_aupr', 'area under precision over recall of the same', score => score.truth?.aupr ?? null),
  real('truth_aupr_se', 'its standard error', score => score.truth?.aupr_se ?? null),
  real('truth_signal', 'mean score at motif positions', score => score.truth?.signal ?? null),
  real('truth_noise', 'mean of the ten largest background scores', score => score.truth?.noise ?? null),
  integerColumn('truth_records', 'maps with ground truth', score => score.truth?.records ?? null),
  integerColumn(
    'truth_records_without_noise',
    'of those, maps with fewer than ten background scores above 0',
    score => score.truth?.records_without_noise ?? null,
  ),
  text('truth_score', 'corrected or raw', score => score.truth?.options.score ?? null),
  text(
    'snr_empty',
    'zero or exclude: what a map without noise counts as',
    score => score.truth?.options.snrEmpty ?? null,
  ),
  text('where', 'expression that records had to fulfil', score => score.filter?.where ?? null),
  integerColumn(
    'records_left_out',
    'records of the whole input for which it is not true',
    score => score.filter?.records_left_out ?? null,
  ),
  text('warnings', 'what a reader of the numbers must know, joined by "; "', score =>
    score.warnings.length > 0 ? score.warnings.join('; ') : null,
  ),
]

/** Names and kinds of the columns. */
export const SCORE_TABLE_COLUMNS: Columns = Object.fromEntries(
  SCORE_COLUMNS.map(({ name, kind }) => [name, kind]),
)

/** One flat row a model. */
export function scoreRows(models: readonly ModelScore[]): Row[] {
  return models.map(score => Object.fromEntries(SCORE_COLUMNS.map(({ name, of }) => [name, of(score)])))
}

/** The columns that both metrics have in addition to their KLD. */
function consistency(prefix: string, metric: string, of: (score: ModelScore) => Consistency): ScoreColumn[] {
  return [
    real(`${prefix}_null_nats`, `what noise scores, as its ${metric} KLD`, score => of(score).null_nats),
    real(`${prefix}_excess_nats`, `${metric} KLD minus that`, score => of(score).excess_nats),
    real(`${prefix}_se_nats`, `standard error of the ${metric} KLD`, score => of(score).se_nats),
    real(`${prefix}_excess_se_nats`, 'standard error of the excess', score => of(score).excess_se_nats),
    real(
      `${prefix}_ci95_low_nats`,
      `95% interval of the ${metric} KLD`,
      score => of(score).ci95_nats?.[0] ?? null,
    ),
    real(`${prefix}_ci95_high_nats`, 'its upper end', score => of(score).ci95_nats?.[1] ?? null),
    real(`${prefix}_floor_share`, 'what noise scores, as a share of the KLD', score => of(score).floor_share),
    real(`${prefix}_cv_nats`, `cross-validated ${metric} consistency`, score => of(score).cv_nats),
    real(`${prefix}_cv_se_nats`, 'its standard error', score => of(score).cv_se_nats),
    real(`${prefix}_cv_a`, 'weight of the prior that it was reached with', score => of(score).cv_a),
    real(`${prefix}_diversity`, 'effective number of consistent patterns', score => of(score).diversity),
  ]
}

function text(name: string, about: string, of: ScoreColumn['of']): ScoreColumn {
  return { name, kind: 'text', about, of }
}

function integerColumn(name: string, about: string, of: ScoreColumn['of']): ScoreColumn {
  return { name, kind: 'whole', about, of }
}

function real(name: string, about: string, of: ScoreColumn['of']): ScoreColumn {
  return { name, kind: 'real', about, of }
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
