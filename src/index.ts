/**
 * attrstream as a library, in reading order: how parts compose, where records come from, what is done with them, what
 * is added up, what the result is, and where it goes.
 */

// What everything is made of.
export type {
  Accumulator,
  Arrays,
  AttributionRecord,
  Batch,
  BatchSize,
  Json,
  Range,
  Sink,
  Source,
  Stage,
  Truth,
  TypedArray,
  Where,
} from './core/types.js'
export { DataError, type ErrorCode } from './core/errors.js'
export { groupBy, identity, mapResult, pipe, together } from './core/compose.js'
export {
  fold,
  type FoldOutput,
  type OptionSpec,
  type OptionSpecs,
  type OptionValues,
  type Output,
  type Outputs,
  type Pipeline,
  pipeline,
  type ResultTable,
  rows,
  type MapsOutput,
  maps,
  type RowsOutput,
} from './pipeline/define.js'
export {
  foldToState,
  loadState,
  mergeStates,
  resultOf,
  saveState,
  type State,
  type StateOptions,
  stateFromBytes,
  stateToBytes,
} from './pipeline/library.js'
export type { HighlandStream } from './pipeline/highland-stream.js'
export { fromHighland, records, rowsOf, toHighland } from './pipeline/records-stream.js'

// Sources: from files to records.
export { openAllMaps, openMaps } from './sources/open-maps.js'
export { openSequences } from './sources/open.js'
export type { RecordOptions, SequenceOnly } from './sources/records/records.js'
export type { ColumnNames } from './sources/records/record-columns.js'
export type { FastaOptions } from './sources/fasta/index.js'

// Stages: from records to what the accumulators take.
export { correctMap } from './stages/correct-map.js'
export { normaliseMap } from './stages/normalise-map.js'
export { windowMap, type MapWindowOptions } from './stages/window-map.js'
export { copyMap, copyRecord } from './stages/copy-map.js'
export { requireLength } from './stages/require-length.js'
export { correct } from './stages/correct.js'
export { selectRuns } from './stages/select-runs.js'
export { listRuns, RUN_TABLE, type RunRow } from './stages/list-runs.js'
export {
  FEATURE_TABLE,
  type FeatureOptions,
  type FeatureRow,
  listFeatures,
} from './stages/list-features.js'
export { sumWindows, type Normalisation, type WindowOptions } from './stages/sum-windows.js'
export { thresholdPerSequence } from './stages/threshold-windows.js'
export { rotateVectors } from './stages/rotate-vectors.js'
export { shiftRuns } from './stages/shift-runs.js'
export { thin } from './stages/thin.js'
export { BASE_COUNTS, type BaseCounts, countBases } from './stages/count-bases.js'
export { kmerText } from './dna/kmers.js'
export type { CorrectedRecord, PointsRecord, RunsRecord, WindowsRecord } from './dna/records.js'

// Accumulators: from records to sums that merge.
export { tally, type Tally } from './accumulators/tally.js'
export { kmerPrior, type KmerPrior } from './accumulators/kmer-prior.js'
export { kmerSpectrum, type KmerSpectrum } from './accumulators/kmer-spectrum.js'
export { angularGrid } from './accumulators/angular-grid.js'
export type { AngularGrid } from './stats/sums/angular-grid-state.js'
export {
  groundTruth,
  type GroundTruth,
  type TruthScore,
  type TruthSums,
} from './accumulators/ground-truth.js'
export { type Numbers, sums } from './accumulators/sums.js'
export { type Moments, moments } from './accumulators/moments.js'
export { countsBy } from './accumulators/counts-by.js'
export {
  type Histogram,
  histogram,
  type HistogramOptions,
  histogramQuantile,
} from './accumulators/histogram.js'
export { type MinMax, minMax } from './accumulators/min-max.js'
export { sample, topK } from './accumulators/best-rows.js'
export { type Distinct, distinct } from './accumulators/distinct.js'
export { type ArraySums, arraySums, type NamedArrays } from './accumulators/array-sums.js'
export { type Estimate, type Estimated, type Hashed, withErrors } from './accumulators/with-errors.js'
export { type MassProfile, massProfile } from './accumulators/mass-profile.js'
export { type IdDigest, idDigest } from './accumulators/id-digest.js'
export { duplicateIds, type DuplicateIds } from './accumulators/duplicate-ids.js'
export {
  type AgreementSums,
  type JoinedRecord,
  type MapAgreement,
  mapAgreement,
  type PairSums,
} from './accumulators/map-agreement.js'

// Scores: from sums to numbers.
export {
  CONVENTIONS,
  metricOptions,
  type AngularOptions,
  type Convention,
  type KmerOptions,
  type MetricChoices,
  type MetricOptions,
  type Threshold,
} from './metrics/options.js'
export { kmerKld, uniformPrior, type PriorCounts } from './metrics/kmer/kld.js'
export { loadPrior, type PriorOptions } from './scoring/prior.js'
export { angularKld } from './metrics/angular/kld.js'
export {
  truthScore,
  TRUTH_OPTIONS,
  type ModelTruth,
  type SnrEmpty,
  type TruthOptions,
} from './metrics/truth-score.js'

// What to believe of a number: errors, what noise scores, and what other sequences confirm.
export {
  type KmerEstimates,
  kmerEstimates,
  type KmerNullUsed,
  type KmerSums,
} from './metrics/kmer/estimates.js'
export { angularEstimates, type AngularSums } from './metrics/angular/estimates.js'
export { type Consistency, consistencyOf, type Estimates, type LeftOut } from './metrics/consistency.js'
export { deviationsSe, interval95, jackknifeSe } from './stats/jackknife.js'
export { crossValidateCounts, crossValidateDensity, type CrossValidated } from './stats/cross-validation.js'
export { multinomialNull, type MultinomialNull } from './stats/multinomial-null.js'
export { effectiveNumber } from './stats/divergence.js'

// Models side by side.
export {
  type Agreement,
  AGREEMENT_COLUMNS,
  agreementOf,
  type AgreementScore,
  type ModelAgreement,
  type PairAgreement,
} from './metrics/agreement.js'
export { loadModels, type LoadedModel } from './scoring/load-models.js'
export {
  compareModels,
  type Comparison,
  type Difference,
  type Metric,
  type Statistic,
} from './results/compare.js'
export { loadPerformance } from './results/load-performance.js'
export { selectModels } from './results/select.js'
export type {
  Correlation,
  FrontAxis,
  Selection,
  SelectedModel,
  SelectOptions,
} from './results/selection.js'

// Made-up populations.
export {
  chooseMotifs,
  synthesise,
  type MotifChoice,
  type SynthesisOptions,
  type SyntheticFormat,
} from './dumps/synthesise.js'
export type { SyntheticMotif, SyntheticOptions } from './dumps/synth/options.js'

// Running, and where rows go.
export { run, stream, type StreamedBatch, type StreamOptions } from './engine/run.js'
export { type Branch, fanOut, foldBranch, rowBranch } from './engine/fan-out.js'
export { saveMaps } from './sinks/save-maps.js'
export type { MapElement } from './core/map-table.js'
export { saveRows, type RowFormat, type SaveOptions } from './sinks/save-rows.js'
export type { BedForm, Cell, CellKind, Columns, Row, RowOf, Table } from './core/table.js'

export { VERSION } from './version.js'
