import type { Cell, CellKind, Columns, Row } from '../core/table.js'
import type { ModelScore } from '../scoring/scores.js'

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
  whole('records', 'maps read', score => score.records),
  whole('positions', 'their positions', score => score.positions),
  whole('unknown_positions', 'positions that are N', score => score.unknownPositions),
  whole('dead_maps', 'maps without a magnitude above 0', score => score.deadMaps),
  whole('bad_records', 'records left out because they could not be read', score => score.badRecords),
  text('bad_records_by_reason', 'the same by reason, as "null 2, short 1"', ({ badRecordsByReason }) => {
    const counts = Object.entries(badRecordsByReason).map(([reason, count]) => `${reason} ${count}`)
    return counts.length > 0 ? counts.join(', ') : null
  }),
  whole(
    'projected_maps',
    'maps with one non-zero channel at most at every position',
    score => score.projectedMaps,
  ),
  real('kmer_kld_nats', 'KLD of attributed k-mers from the prior', score => score.kmer.kld_nats),
  whole('attributed_kmers', 'k-mers inside attributed runs', score => score.kmer.attributed_kmers),
  whole('runs', 'attributed runs', score => score.kmer.runs),
  whole('k', 'length of the k-mers', score => score.kmer.options.k),
  real('q', 'quantile of magnitudes that attributed positions exceed', score => score.kmer.options.q),
  whole('buffer', "positions added to a run's 3' end", score => score.kmer.options.buffer),
  text('prior', 'where the prior is from', score => score.kmer.options.prior),
  real('pseudocount', 'added to every count of the prior', score => score.kmer.options.pseudocount),
  real('angular_kld_nats', 'KLD of the angular density from its prior', score => score.angular.kld_nats),
  whole('points', 'windows above the threshold', score => score.angular.points),
  real(
    'effective_points',
    'points of equal weight that would tell as much',
    score => score.angular.effective_points,
  ),
  whole('window', 'positions in a window', score => score.angular.options.window),
  text('window_kind', 'which positions a window covers', score => score.angular.options.windowKind),
  text('reduce', 'mean or sum over a window', score => score.angular.options.reduce),
  text('basis', 'axes of a corrected vector', score => score.angular.options.basis),
  text('normalise', 'what a map is divided by', score => score.angular.options.normalise),
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
  real('weight', 'a point adds its radius to this power', score => score.angular.options.weight),
  text('grid', 'cells of the angular histogram', score => score.angular.options.grid),
  text('angular_prior', 'how the density is smoothed into its prior', score => score.angular.options.prior),
  text('cells', 'cells that enter the KLD', score => score.angular.options.cells),
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
  whole('truth_records', 'maps with ground truth', score => score.truth?.records ?? null),
  whole(
    'truth_records_without_noise',
    'of those, maps with fewer than ten background scores above 0',
    score => score.truth?.recordsWithoutNoise ?? null,
  ),
  text('truth_score', 'corrected or raw', score => score.truth?.options.score ?? null),
  text(
    'snr_empty',
    'zero or exclude: what a map without noise counts as',
    score => score.truth?.options.snrEmpty ?? null,
  ),
  text('warnings', 'what a reader of the numbers must know, joined by "; "', score =>
    score.warnings.length > 0 ? score.warnings.join('; ') : null,
  ),
]

/** Names and kinds of the columns. */
export const SCORE_TABLE_COLUMNS: Columns = Object.fromEntries(
  SCORE_COLUMNS.map(({ name, kind }) => [name, kind]),
)

/** The columns of the table that is printed. */
export const SHOWN_COLUMNS: Columns = Object.fromEntries(
  ['model', 'records', 'kmer_kld_nats', 'attributed_kmers', 'angular_kld_nats', 'points'].map(name => [
    name,
    SCORE_TABLE_COLUMNS[name],
  ]),
)

/** One flat row a model. */
export function scoreRows(models: readonly ModelScore[]): Row[] {
  return models.map(score => Object.fromEntries(SCORE_COLUMNS.map(({ name, of }) => [name, of(score)])))
}

function text(name: string, about: string, of: ScoreColumn['of']): ScoreColumn {
  return { name, kind: 'text', about, of }
}

function whole(name: string, about: string, of: ScoreColumn['of']): ScoreColumn {
  return { name, kind: 'whole', about, of }
}

function real(name: string, about: string, of: ScoreColumn['of']): ScoreColumn {
  return { name, kind: 'real', about, of }
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
