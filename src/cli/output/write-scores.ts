import type { ArgumentsCamelCase } from 'yargs'
import type { RecordOptions } from '../../sources/records/records.js'
import type { ScoreDocument } from '../../results/document.js'
import type { Dump } from '../../dumps/maps-to-draw.js'
import { comparisonWarnings } from '../../metrics/warnings.js'
import { doAll, type OutputFlags, printScores, saveScores } from './output.js'
import type { ModelScore } from '../../metrics/model-score.js'
import type { VerdictPerformance } from '../../results/verdict.js'
import { verdictPerformance } from '../../results/verdict-performance.js'
import { figureErrorOf } from '../flags/performance-flags.js'
import type { ReportFlags } from '../flags/report-flags.js'
import { groupedWarnings } from '../../results/grouped-warnings.js'
import { log } from '../job/log.js'
import type { Monitor } from '../job/monitor.js'

/** What a page of the scores shows in addition. */
export interface ReportInputs {
  /** What the page calls the scores. */
  readonly name: string
  readonly dumps?: readonly Dump[]
  /** How the dumps are read. */
  readonly records?: RecordOptions
}

/**
 * Hands scores on: their warnings, the table on standard output, the files and the page that were asked for, and the
 * metrics: each also if others fail. Errors: `io`; those of reading what the page shows.
 */
export async function writeScores(
  document: ScoreDocument,
  flags: ArgumentsCamelCase<OutputFlags & Partial<ReportFlags> & { report?: string | undefined }>,
  monitor: Monitor,
  { name, dumps = [], records }: ReportInputs,
): Promise<void> {
  const { models } = document
  monitor.scored(models)
  const { out, report } = flags
  const all = doAll(
    async () => (out === undefined ? undefined : saveScores(document, out)),
    async () => {
      if (report === undefined) return
      const { writeReport } = await import('../commands/report.js')
      await writeReport(report, [{ name, document }], dumps, flags, records)
      monitor.report('note', `the report is in ${report}`)
    },
    async () => printScores(document, flags, await performanceOf(document, flags)),
  )
  await all.finally(() => reportWarnings(models, flags.warnings, monitor))
}

/** Warnings of the scores, below them: for machines all, for people as they asked. */
function reportWarnings(
  models: readonly ModelScore[],
  kind: OutputFlags['warnings'],
  monitor: Monitor,
): void {
  if (kind === 'none' && log.form === 'text') return
  if (kind === 'all' || log.form === 'json') {
    for (const { model, warnings } of models)
      for (const warning of warnings) monitor.report('warning', `${model}: ${warning}`, { model })
  } else {
    for (const warning of groupedWarnings(models)) monitor.report('warning', warning)
  }
  for (const warning of comparisonWarnings(models)) monitor.report('warning', warning)
}

/** The performance that the verdict counts, of the table that is given. Errors: those of reading it. */
async function performanceOf(
  { models }: ScoreDocument,
  { performance, performanceColumn: column, lower, bySe }: ArgumentsCamelCase<Partial<ReportFlags>>,
): Promise<VerdictPerformance | undefined> {
  if (performance === undefined) return undefined
  const { loadPerformance } = await import('../../results/load-performance.js')
  const table = await loadPerformance(performance)
  const error = figureErrorOf(bySe)
  const { figureErrors } = await import('../../results/join-performance.js')
  return verdictPerformance(table, {
    column,
    lower,
    errors: error === undefined ? undefined : figureErrors(models, table, error),
  })
}
