import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isPiped } from '../io/open.js'
import { findLayout } from '../sources/records/record-columns.js'
import { type MapsShape, RecordDigest } from './map-batcher.js'
import { attributionRecords, type RecordOptions, withSidePaths } from '../sources/records/records.js'
import { shownPath } from '../core/address.js'
import { DataError } from '../core/errors.js'
import type { MapElement, ResumableMapWriter } from '../core/map-table.js'
import type { Json } from '../core/types.js'
import { canonicalJson } from '../core/canonical-json.js'
import type { OpenedInput } from '../engine/fold-options.js'
import {
  letGo,
  newPartial,
  type PartialFile,
  removePartials,
  removeStale,
  takePartial,
  temporaryPath,
} from '../io/temporary-files.js'
import { assertReplaceable, removeFile, writingError } from '../io/atomic-file.js'
import { openColumns } from '../sources/open.js'
import type { BadRecords } from '../stats/sums/bad-records.js'
import { VERSION } from '../version.js'
import { type BadRecordPolicy, tooManyBad } from '../scoring/bad-record-policy.js'
import { Conversion, type ConvertRun, inputStamps } from './conversion.js'
import { type ConvertState, loadConvertState, restoreBad } from './convert-state.js'
import { type MapFormat, mapWriter } from '../sinks/map-writer.js'
import { openPopulation } from '../scoring/population.js'

export interface ConvertOptions {
  readonly to: MapFormat
  readonly element: MapElement
  readonly records: RecordOptions
  /** What becomes of bad records; the first ends the conversion where undefined. */
  readonly bad?: BadRecordPolicy | undefined
  /** Whether the file is read back and compared before it appears. */
  readonly verify: boolean
}

/** What a conversion came to; not complete where it was stopped. */
export interface Converted {
  readonly complete: boolean
  readonly records: number
  /** Record batches or row groups. */
  readonly groups: number
  readonly bytes: number
  readonly bad: BadRecords
  readonly inputs: readonly OpenedInput[]
  /** Whether doubles were rounded. */
  readonly narrowed: boolean
  /** The last save failed: what stands is an older checkpoint. */
  readonly unsaved: DataError | undefined
}

/**
 * Writes the records of all inputs into one file of the canonical schema: `id`, `sequence` (letters), `attributions`
 * (position by channel, A C G T), and `truth` and a column of models where there are such. Streamed; equal inputs and
 * options give equal bytes, also after any number of interruptions. The file appears whole, at the end.
 *
 * Errors: those of reading; `record`, for a bad record or a value that the element cannot hold; `empty`; `io`;
 * `mismatch`, for a checkpoint of something else; `damaged`, where the file does not read back as it was written.
 */
export async function convert(
  paths: readonly string[],
  out: string,
  options: ConvertOptions,
  run: ConvertRun = {},
): Promise<Converted> {
  const { checkpoint } = run
  const { records, bad } = options
  const { inputs } = await openPopulation({ model: 'maps', paths }, records)
  if (checkpoint !== undefined && inputs.some(({ batches }) => batches === undefined)) {
    throw new DataError(
      'usage',
      'a pipe cannot be read again, so it has no checkpoint; leave --checkpoint out, or convert a file',
    )
  }
  const { shape, narrowed } = await shapeOf(paths, options)
  const params = paramsOf(inputs, options, shape)
  const found =
    checkpoint === undefined || checkpoint.restart
      ? undefined
      : await loadConvertState(checkpoint.path, params)
  if (found !== undefined && checkpoint !== undefined) assertUntouched(found, inputs, checkpoint.path)
  await assertReplaceable(out)
  await removeStale(dirname(out))
  if (found !== undefined && (await isWhole(found, out))) {
    await cleanUp(out, checkpoint?.path)
    run.report?.resumed?.(found.records)
    const { records: written, groups, bytes } = found
    const left = restoreBad(found.bad)
    const counts = { records: written, groups: groups.length, bytes, bad: left }
    return { complete: true, ...counts, inputs, narrowed, unsaved: undefined }
  }
  const partial =
    checkpoint === undefined ? { path: temporaryPath(out), key: '' } : await partialOf(out, found)
  const { path } = partial
  const file = await openPartial(out, path, found?.bytes ?? 0)
  let done = false
  try {
    const writer = await writerOf(shape, options.to, params)
    const conversion = new Conversion(
      { inputs, records, bad, shape, writer, file, partial: partial.key, params },
      found,
    )
    const converted = (complete: boolean): Converted => {
      const { records, groups, bytes, bad, unsaved } = conversion
      return { complete, records, groups: groups.length, bytes, bad, inputs, narrowed, unsaved }
    }
    if (found !== undefined) run.report?.resumed?.(found.records)
    run.report?.begun?.(conversion.bytesToCome())
    const finished = found?.finished !== undefined
    if (!finished && !(await conversion.run(run))) return converted(false)
    for (const input of inputs) await input.check?.()
    const refusal =
      tooManyBad(conversion.bad, conversion.records + conversion.bad.total, bad) ??
      (conversion.records === 0
        ? new DataError('empty', 'nothing to convert: the inputs have no records that are not bad')
        : undefined)
    if (refusal !== undefined) throw (await run.refused?.(refusal, conversion.bad, inputs)) ?? refusal
    if (!finished) await conversion.end()
    if (options.verify) await verify(path, out, conversion.groups, shape)
    if (checkpoint !== undefined) await conversion.saveFinished(checkpoint.path, await markOf(path), run)
    await rename(path, out)
    await cleanUp(out, checkpoint?.path)
    done = true
    return converted(true)
  } catch (error) {
    throw writingError(error, out)
  } finally {
    await file.close()
    letGo(partial)
    if (checkpoint === undefined && !done) await rm(path, { force: true })
  }
}

/** Columns that the file has by these names. */
const OWN_COLUMNS = ['id', 'sequence', 'attributions', 'truth']

/** What columns the file has, by those of the inputs. Error: `usage`, for one name twice. */
async function shapeOf(
  paths: readonly string[],
  { records, element }: ConvertOptions,
): Promise<{ shape: MapsShape; narrowed: boolean }> {
  let truth = records.truth === true
  let doubles = records.join?.average !== undefined
  for (const path of paths) {
    if (isPiped(path)) continue // what a pipe has is not known before it is read
    const columns = await openColumns(path, records)
    try {
      const there = columns.fields.some(({ name, type }) => name === 'truth' && type.kind === 'numbers')
      truth ||= there
      const { attributions } = findLayout(columns, records, 'maps')
      doubles ||= columns.fields.some(
        ({ name, type }) =>
          attributions.includes(name) && type.kind === 'numbers' && type.element === 'float64',
      )
    } finally {
      await columns.close()
    }
  }
  const model = records.columns?.model
  if (model !== undefined && OWN_COLUMNS.includes(model)) {
    throw new DataError(
      'usage',
      `the column of models is ${model}, which is what the file calls another of its columns; rename it in the input`,
    )
  }
  return { shape: { element, truth, model }, narrowed: doubles && element !== 'float64' }
}

function paramsOf(inputs: readonly OpenedInput[], options: ConvertOptions, shape: MapsShape): Json {
  const { to, records, bad } = options
  const plain = {
    to,
    records: withSidePaths(records, shownPath),
    shape,
    bad: bad?.kind ?? 'fail',
    inputs: inputs.map(({ name, fingerprint }) => ({ name, fingerprint: fingerprint ?? null })),
  }
  return JSON.parse(JSON.stringify(plain)) as Json
}

function writerOf(
  { element, truth, model }: MapsShape,
  to: MapFormat,
  params: Json,
): Promise<ResumableMapWriter> {
  const metadata = {
    'attrstream.producer': `attrstream ${VERSION} convert`,
    'attrstream.options': canonicalJson(params),
  }
  // Labels and probabilities alike are exact enough as singles.
  const truths = truth ? ({ element: 'float32', optional: true } as const) : undefined
  return mapWriter(to, { element, truth: truths, model, metadata })
}

/** A file of this process's own, with what counts of the unfinished one of a state. Errors: `io`; `mismatch`, where it has less. */
async function partialOf(out: string, found: ConvertState | undefined): Promise<PartialFile> {
  if (found === undefined) return newPartial(out)
  const taken = await takePartial(out, found.partial).catch((error: unknown) => {
    throw writingError(error, out)
  })
  const { size = 0 } = (taken && (await stat(taken.path))) ?? {}
  if (taken === undefined || size < found.bytes) throw lost(out)
  return taken
}

/** The unfinished file, cut to what counts of it. Error: `io`. */
async function openPartial(out: string, partial: string, bytes: number): Promise<FileHandle> {
  try {
    const file = await open(partial, bytes === 0 ? 'w' : 'r+')
    await file.truncate(bytes)
    return file
  } catch (error) {
    throw writingError(error, out)
  }
}

/** What a finished file is known by, whatever it is called. */
async function markOf(file: string): Promise<string> {
  const { ino, size, mtimeNs } = await stat(file, { bigint: true })
  return `${ino} ${size} ${mtimeNs}`
}

/** Whether the output is the finished file of a state, so that only the cleaning up is left to do. */
async function isWhole({ finished }: ConvertState, out: string): Promise<boolean> {
  return finished !== undefined && finished === (await markOf(out).catch(() => undefined))
}

/** Removes what is of no use once the output is there. */
async function cleanUp(out: string, checkpoint: string | undefined): Promise<void> {
  if (checkpoint === undefined) return
  await removeFile(checkpoint)
  await removePartials(out)
}

/** Error: `mismatch`, where an input that only samples were compared of was written to since. */
function assertUntouched({ stamps }: ConvertState, inputs: readonly OpenedInput[], file: string): void {
  const now = inputStamps(inputs)
  const touched = Object.keys(stamps).find(name => stamps[name] !== now[name])
  if (touched === undefined) return
  throw new DataError(
    'mismatch',
    `${touched} was written to, or replaced, since; start over with --restart`,
    { file },
  )
}

function lost(out: string): DataError {
  return new DataError(
    'mismatch',
    'its unfinished file is not there any more, or has less than the checkpoint says; start over with --restart',
    { file: out },
  )
}

/** Reads the file back and compares every group with what was written. Error: `damaged`. */
async function verify(
  partial: string,
  out: string,
  groups: Conversion['groups'],
  { truth, model }: MapsShape,
): Promise<void> {
  const columns = await openColumns(partial)
  const source = attributionRecords(columns, {
    truth,
    ...(model === undefined ? {} : { columns: { model } }),
  })
  const wrong = (what: string) =>
    new DataError(
      'damaged',
      `does not read back as it was written: ${what}; write it again, with --restart if there is a checkpoint`,
      {
        file: out,
      },
    )
  const digest = new RecordDigest()
  let group = 0
  let rows = 0
  try {
    for await (const batch of source.read()) {
      batch.forEach(record => {
        if (group === groups.length) throw wrong(`more than ${groups.length} groups`)
        digest.add(record)
        if (++rows < groups[group][0]) return
        if (digest.take() !== groups[group][1]) throw wrong(`group ${group} of ${groups.length}`)
        group++
        rows = 0
      })
    }
    if (group < groups.length || rows > 0) throw wrong(`${group} of ${groups.length} groups`)
  } finally {
    await source.close()
  }
}
