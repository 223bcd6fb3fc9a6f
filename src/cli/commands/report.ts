import { dirname } from 'node:path'
import type { ArgumentsCamelCase } from 'yargs'
import { DataError } from '../../core/errors.js'
import { writeAtomically } from '../../io/atomic-file.js'
import { report as makeReport } from '../../report/report.js'
import type { ReportInput } from '../../report/input.js'
import { type PerformanceTable, loadPerformance } from '../../results/load-performance.js'
import { PALETTES } from '../../report/figures/theme.js'
import { figureErrors } from '../../results/join-performance.js'
import { loadScores, type LoadedScores } from '../../results/load-scores.js'
import { type Dump, dumpsOf, showMaps } from '../../dumps/maps-to-draw.js'
import type { RecordOptions } from '../../sources/records/records.js'
import type { Command } from '../job/command.js'
import { figureErrorOf, requireColumn } from '../flags/performance-flags.js'
import { REPORT_FLAGS, type ReportFlags } from '../flags/report-flags.js'
import { makeFolder } from '../../io/make-folder.js'
import { RECORD_FLAGS, type RecordFlags, recordOptionsOf } from '../flags/record-flags.js'
import { log } from '../job/log.js'
import { recordsAsScored } from '../records-as-scored.js'

type Flags = ReportFlags & RecordFlags & { scores?: string[]; out: string }

export const reportCommand: Command<Flags> = {
  builder: yargs =>
    yargs
      .positional('scores', {
        type: 'string',
        array: true,
        describe: 'scores.json files, or folders with one',
      })
      .option('out', {
        alias: 'o',
        string: true,
        demandOption: true,
        describe: 'file to write, e.g. report.html',
      })
      .options(REPORT_FLAGS)
      .options(RECORD_FLAGS)
      .example('$0 report scores/ -o report.html', 'all models of a run')
      .example('$0 report scores/ --performance models.csv --maps a.arrow b.arrow -o report.html', ''),
  handler: report,
}

/** `attrstream report`. */
async function report(flags: ArgumentsCamelCase<Flags>): Promise<void> {
  const paths = flags.scores ?? []
  if (paths.length === 0)
    throw new DataError('usage', 'report needs scores; give a scores.json or its folder')
  await writeReport(
    flags.out,
    await Promise.all(paths.map(loadScores)),
    dumpsOf(flags.maps ?? []),
    flags,
    recordOptionsOf(flags),
  )
  log.report('note', `the report is in ${flags.out}`)
}

/** Writes the page. Errors: those of reading what it shows; `io`. */
export async function writeReport(
  file: string,
  documents: readonly LoadedScores[],
  dumps: readonly Dump[],
  flags: Shown,
  records: RecordOptions = {},
): Promise<void> {
  const html = makeReport(await reportInput(documents, dumps, flags, records))
  await makeFolder(dirname(file))
  await writeAtomically(file, html)
}

type Shown = ArgumentsCamelCase<Partial<ReportFlags>>

/** All that a report or a figure shows. Errors: `usage`, for a column that is none; those of reading. */
export async function reportInput(
  documents: readonly LoadedScores[],
  dumps: readonly Dump[],
  flags: Shown,
  records: RecordOptions,
): Promise<ReportInput> {
  const { performance, ids, strata, lower, bySe, palette = PALETTES[0] } = flags
  if (ids !== undefined && dumps.length === 0) {
    throw new DataError('usage', '--ids names sequences of dumps; give the dumps with --maps')
  }
  const table = performance === undefined ? undefined : await loadPerformance(performance)
  const column = flags.performanceColumn
  const known = (numeric: boolean) =>
    (table?.columns ?? []).flatMap(found => (found.numeric || !numeric ? found.name : []))
  const usageError = (flag: string, value: string, names: readonly string[]) =>
    new DataError(
      'usage',
      `${flag} is ${value}, expected ${table === undefined ? 'a table with --performance' : `one of ${names.join(', ')}`}`,
    )
  if (column !== undefined && !known(true).includes(column))
    throw usageError('--performance-column', column, known(true))
  requireColumn({ lower, bySe }, column, '--performance-column')
  const wrong = strata?.split(',').find(name => !known(false).includes(name))
  if (wrong !== undefined) throw usageError('--strata', wrong, known(false))
  return {
    documents,
    performance: table,
    performanceColumn: column,
    lower,
    performanceErrors: table && errorsOf(documents, table, figureErrorOf(bySe)),
    strata: strata?.split(','),
    maps: await showMaps(dumps, ids?.split(','), recordsAsScored(documents, records)),
    palette,
  }
}

function errorsOf(
  documents: readonly LoadedScores[],
  table: PerformanceTable,
  error: number | string | undefined,
): ReadonlyMap<string, number> | undefined {
  const scores = documents.flatMap(({ document }) => document.models)
  return error === undefined ? undefined : figureErrors(scores, table, error)
}
