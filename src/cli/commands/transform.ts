import type { ArgumentsCamelCase } from 'yargs'
import type { RecordOptions } from '../../sources/records/records.js'
import { pipe } from '../../core/compose.js'
import { interruptRemote } from '../../io/retries.js'
import { DataError } from '../../core/errors.js'
import type { MapElement } from '../../core/map-table.js'
import type { Columns } from '../../core/table.js'
import type { AttributionRecord, Source, Stage } from '../../core/types.js'
import type { OpenedInput } from '../../engine/fold-options.js'
import { type StreamedBatch, stream } from '../../engine/run.js'
import { countsText, BadRecords } from '../../stats/sums/bad-records.js'
import { keepColumns } from '../../dumps/keep-columns.js'
import { openMaps } from '../../sources/open-maps.js'
import { openPopulation } from '../../scoring/population.js'
import { saveMaps } from '../../sinks/save-maps.js'
import { ROW_FORMATS, type RowFormat, saveRows } from '../../sinks/save-rows.js'
import { type Transform, transformOf } from '../../dumps/transform.js'
import { copyMap } from '../../stages/copy-map.js'
import { leaveOutBad } from '../../stages/skip-bad-records.js'
import { noteMisfits } from '../../stages/note-misfits.js'
import { averageOf } from '../../metrics/agreement.js'
import { VERSION } from '../../version.js'
import type { Command } from '../job/command.js'
import { inputsOf } from '../joined-inputs.js'
import { JOIN_FLAGS, type JoinFlags } from '../flags/join-flags.js'
import { JOB_FLAGS, runJob } from '../job/job.js'
import { METRIC_FLAGS, type MetricFlags, metricsOf } from '../flags/metric-flags.js'
import { quitWithReader } from '../job/broken-pipe.js'
import { type RecordFlags, recordOptionsOf, withRecordFlags } from '../flags/record-flags.js'
import { RUN_FLAGS } from '../flags/run-flags.js'
import type { Monitor } from '../job/monitor.js'

type Flags = MetricFlags &
  RecordFlags &
  JoinFlags & {
    inputs?: string[] | undefined
    stages: string
    out: string
    format?: RowFormat | undefined
    keep?: string | undefined
    'on-bad': 'fail' | 'skip'
    float16: boolean
    float64: boolean
    quiet: boolean
    metrics?: string | undefined
  }

const { convention, k, q, buffer, window, reduce, basis, normalise } = METRIC_FLAGS

export const transformCommand: Command<Flags> = {
  builder: yargs =>
    withRecordFlags(
      yargs
        .positional('inputs', {
          type: 'string',
          array: true,
          describe: 'files of maps, folders, patterns, or - for an Arrow stream',
        })
        .option('stages', {
          string: true,
          default: 'correct',
          describe: 'steps, in order: raw, correct, normalise, window; last runs or features, to write rows',
        })
        .option('out', {
          alias: 'o',
          string: true,
          default: '-',
          describe: 'file to write: .arrow, .parquet, .ndjson, .csv or .bed; - for standard output',
        })
        .option('format', {
          choices: ROW_FORMATS,
          describe:
            'format of the rows (default: from the file extension; on standard output Arrow, or JSON lines on a terminal)',
        })
        .option('keep', {
          string: true,
          describe: 'columns of the input to copy to the output, e.g. label,score',
        })
        .option('on-bad', {
          choices: ['fail', 'skip'] as const,
          default: 'fail' as const,
          describe: 'bad records: fail, or skip and count',
        })
        .option('float16', {
          boolean: true,
          default: false,
          describe: 'store maps in 2 bytes per value (default: 4)',
        })
        .option('float64', {
          boolean: true,
          default: false,
          describe: 'store 8 bytes per value (default: 4)',
        })
        .options(JOIN_FLAGS)
        .options({ quiet: RUN_FLAGS.quiet, ...JOB_FLAGS })
        .options({ convention, k, q, buffer, window, 'window-kind': METRIC_FLAGS['window-kind'] })
        .options({ reduce, basis, normalise }),
    )
      .example('$0 transform maps/ --stages correct,normalise -o maps.parquet', 'corrected, normalised maps')
      .example('$0 transform maps.parquet --stages runs -o runs.bed', 'attributed runs')
      .example('$0 transform maps/ --stages features -o features.parquet', 'one row per map')
      .example('$0 transform maps.arrow --stages runs --format csv | head', 'the first ones'),
  handler: transform,
}

/** `attrstream transform`: maps or rows of maps, in the order of the inputs. */
function transform(flags: ArgumentsCamelCase<Flags>): Promise<void> {
  return runJob({ metrics: flags.metrics, bar: !flags.quiet }, async (monitor, stop) => {
    quitWithReader(monitor)
    const stopping = new AbortController()
    stop.finishFirst(() => {
      stopping.abort(new DataError('io', `stopped by ${stop.signal}; nothing is written`))
      interruptRemote()
    })
    try {
      await transformInputs(flags, monitor, stopping.signal)
    } catch (error) {
      const { signal } = stop
      if (signal === undefined) throw error
      monitor.report('stopped', (error as Error).message, { signal })
      return signal
    }
    return undefined
  })
}

async function transformInputs(
  flags: ArgumentsCamelCase<Flags>,
  monitor: Monitor,
  signal: AbortSignal,
): Promise<void> {
  if (flags.inputs === undefined || flags.inputs.length === 0) {
    throw new DataError('usage', 'transform needs inputs; give files, folders or patterns, or - for a pipe')
  }
  const names = flags.stages.split(',').map(name => name.trim())
  const element = elementOf(flags)
  const made = transformOf(names, metricsOf(flags))
  // Of all stages features alone look at ground truth, which is not read for the others.
  const truth = names.at(-1) === 'features' ? ('found' as const) : false
  const extra = keptOf(flags, made)
  const note = (text: string) => monitor.report('note', text)
  const given = { ...recordOptionsOf(flags), truth, extra }
  const { files: paths, records } = await inputsOf(flags.inputs, given, note, flags)
  const { inputs } = await openPopulation({ model: 'maps', paths }, records)
  monitor.reportToMachines('begin', 'begins', { files: paths.length })
  for (const { batches = [] } of inputs) {
    monitor.expect(batches.reduce((bytes, batch) => bytes + batch.bytes, 0))
  }
  const bad = new BadRecords()
  const good = leaveOutBad(({ error }) => {
    if (flags['on-bad'] === 'fail') throw error
    bad.add('', error.reason ?? 'other')
  })
  const count = { rows: 0, records: 0 }
  const onBatch = ({ rows, records, bytes }: StreamedBatch) => {
    count.rows += rows
    count.records += records
    monitor.advance(rows, bytes)
  }
  const { sources, kept } = await openFirst(openEach(inputs, records))
  const through = <B>(stage: Stage<AttributionRecord, B>) =>
    stream(sources, pipe(good, stage), { signal, onBatch })
  const out = flags.out === '-' ? undefined : flags.out
  const metadata = {
    'attrstream.version': VERSION,
    'attrstream.stages': names.join(','),
    'attrstream.params': JSON.stringify(made.stage.params),
    ...(records.join === undefined ? {} : { 'attrstream.average': JSON.stringify(averageOf(records.join)) }),
    ...(flags.where === undefined ? {} : { 'attrstream.where': flags.where }),
  }
  const options = { format: formOf(flags), metadata }
  const misfits = { count: 0, first: '' }
  const places = noteMisfits(what => {
    if (misfits.count++ === 0) misfits.first = what
  })
  if (made.kind === 'rows') {
    const { stage, table } = keepColumns(made, kept)
    await saveRows(out, table, through(pipe(places, stage)), options)
  } else await saveMaps(out, element, through(pipe(made.stage, copyMap({ element }))), { ...options, kept })
  monitor.endBar()
  if (bad.total > 0) {
    monitor.report('note', `${bad.total} bad records are left out: ${countsText(bad.by())}`, {
      bad_records: bad.total,
    })
  }
  if (misfits.count > 0) {
    const text = `${misfits.count} records have no place on the genome: ${misfits.first}; give the places of the maps with --regions`
    monitor.report('note', text, { misfits: misfits.count })
  }
  if (flags.where !== undefined) {
    const left = count.rows - count.records
    monitor.report('note', `${left} of ${count.rows} records are left out by --where ${flags.where}`, {
      left_out: left,
    })
  }
  monitor.done()
}

/** Opens the inputs one after another; bad records are handed on as such. */
async function* openEach(inputs: readonly OpenedInput[], records: RecordOptions) {
  const screen = { k: 0, input: '' }
  for (const { path, idPrefix } of inputs) yield openMaps(path, { ...records, idPrefix, screen })
}

/** Opens the first source, for what its kept columns are; those of all others must be the same. */
async function openFirst(opened: AsyncGenerator<Source<AttributionRecord>>) {
  const first = await opened.next()
  const kept: Columns = first.done === true ? {} : (first.value.extra ?? {})
  async function* sources() {
    if (first.done === true) return
    yield first.value
    for await (const source of opened) {
      for (const [name, kind] of Object.entries(source.extra ?? {})) {
        if (kind === kept[name]) continue
        await source.close()
        const what = `column ${name} is of kind ${kind}, expected ${kept[name]} as in ${first.value.name}`
        throw new DataError('column', `${what}; convert one, or leave it out of --keep`, {
          file: source.name,
        })
      }
      yield source
    }
  }
  return { sources: sources(), kept }
}

/**
 * Columns of the input that are kept: those asked for, and, in maps, the one that tells models apart. Error: `usage`, for a
 * column that maps have themselves.
 */
function keptOf(
  flags: Pick<Flags, 'keep' | 'model-column'>,
  { kind }: Transform,
): readonly string[] | undefined {
  const asked = flags.keep?.split(',').map(name => name.trim()) ?? []
  const model = kind === 'maps' ? (flags['model-column'] ?? []) : []
  const names = [...new Set(asked.concat(model))]
  const own = names.find(name => kind === 'maps' && ['id', 'sequence', 'attributions'].includes(name))
  if (own !== undefined) {
    throw new DataError('usage', `--keep ${own}: maps have a column of that name themselves; leave it out`)
  }
  return names.length === 0 ? undefined : names
}

/** The form on standard output, where none is asked for, is one for programs, or on a terminal one for people. */
function formOf({ format, out }: Pick<Flags, 'format' | 'out'>): RowFormat | undefined {
  if (format !== undefined || out !== '-') return format
  return process.stdout.isTTY ? 'ndjson' : 'arrow'
}

/** Errors: `usage`, for two at once. */
function elementOf({ float16, float64 }: Pick<Flags, 'float16' | 'float64'>): MapElement {
  if (float16 && float64) throw new DataError('usage', '--float16 and --float64 exclude each other; give one')
  return float16 ? 'float16' : float64 ? 'float64' : 'float32'
}
