import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { againstGenome } from './records/check-genome.js'
import { Readable } from 'node:stream'
import { type ArrayOptions, arrayColumns } from './arrays/array-columns.js'
import type { ArrayFile } from './arrays/array-file.js'
import { isPiped, isStandardInput } from '../io/open.js'
import { changedSource, type ColumnSource, filesOf } from './columns/column.js'
import { joinColumns, type Side } from './columns/join-in-order.js'
import { columnsText, findLayout } from './records/record-columns.js'
import { keptRows } from './columns/mask-rows.js'
import { matchColumns } from './columns/join-by-id.js'
import { keptLociFileOf, sequencesFileOf } from './arrays/producers.js'
import { type RecordOptions, type SequenceOnly, sequenceRecords } from './records/records.js'
import { NO_RANGES, streamHttp } from '../io/http.js'
import { isRemote, shownPath } from '../core/address.js'
import { asDataError, DataError } from '../core/errors.js'
import type { Source } from '../core/types.js'
import { looksLikeArrow } from './arrow/signature.js'
import { type FastaOptions, looksLikeFasta, openFasta } from './fasta/index.js'
import { foreignError, foreignPipeError, HEAD, sniff } from './formats.js'
import { placeMaps } from './place-maps.js'

// A format's reader and its libraries are loaded when a file of it is first met.
const arrow = () => import('./arrow/index.js')
const parquet = () => import('./parquet/index.js')
const numpy = () => import('./numpy/index.js')
const bed = () => import('./bed/index.js')
const fasta = () => import('./fasta/index.js')
const hdf5 = () => import('./hdf5/index.js')

/**
 * Opens a file, or standard input for `-`, as what its first bytes say that it is, with the columns of other files that
 * options name in addition to its own. Sequences that a producer keeps in a file next to it are found there.
 *
 * Errors: `not-found`, `io`; `empty`, for an empty file; `format`, for anything that unsupported format;
 * `pairing`, for files of other numbers of rows.
 */
export async function openColumns(path: string, options: RecordOptions = {}): Promise<ColumnSource> {
  const main = await openFile(path, options)
  const sides: Side[] = []
  try {
    const { sequences, truth, regions, genome, hits } = options.files ?? {}
    const found = sequences ?? (await findSequences(main, options))
    const byId = sequences !== undefined && options.match === 'id'
    if (found !== undefined && !byId) {
      sides.push(await openSequenceSide(found, options, sequences === undefined))
    }
    if (truth !== undefined) sides.push(await openTruthSide(truth, options))
    if (regions !== undefined) sides.push(await openRegionSide(regions, main, options))
    const inOrder = joinColumns(main, [...sides])
    const matched = byId ? await openSequenceSide(sequences, options, false) : undefined
    if (matched !== undefined) sides.push(matched)
    const placed = regions === undefined ? inOrder : await placeMaps(inOrder, regions, matched, options)
    const joined = matched === undefined ? placed : await matchSequences(placed, matched, options)
    const labelled = hits === undefined ? joined : await withHits(joined, hits)
    if (genome === undefined) return labelled
    const { openGenome } = await import('./genome/index.js')
    return againstGenome(labelled, findLayout(joined, options, 'sequences'), await openGenome(genome))
  } catch (error) {
    await main.close()
    for (const { source } of sides) await source.close()
    throw error
  }
}

/** The same columns, whose records have hits for ground truth: the file of these is one of theirs. */
async function withHits(source: ColumnSource, hits: string): Promise<ColumnSource> {
  const { hitsFingerprint } = await import('./truth-hits.js')
  return changedSource(source, {
    files: filesOf(source, { name: hits }),
    async fingerprint() {
      const own = await source.fingerprint()
      if (own === undefined) return undefined
      return createHash('sha256')
        .update(`${own}\nhits ${await hitsFingerprint(hits)}`)
        .digest('hex')
    },
  })
}

async function openFile(path: string, options: ArrayOptions): Promise<ColumnSource> {
  if (isPiped(path)) return openPipe(path)
  const found = await sniff(path).catch((error: unknown) => openWithoutRanges(path, error))
  if (!('head' in found)) return found
  switch (found.format) {
    case 'arrow':
      return (await arrow()).openArrow(path)
    case 'parquet':
      return (await parquet()).openParquet(path)
    case 'numpy':
      return columnsOf(await (await numpy()).openNumpy(path), options)
    case 'hdf5':
      return columnsOf(await (await hdf5()).openHdf5(path), options)
    case undefined:
      throw foreignError(path, found.head)
  }
}

/** An Arrow stream on standard input or in a named pipe. */
async function openPipe(path: string): Promise<ColumnSource> {
  const pipe = isStandardInput(path) ? process.stdin : createReadStream(path)
  return (await arrow()).openArrowPipe(pipe, path, { other: foreignPipeError })
}

/** An Arrow stream on a server that ignores ranges is read as through a pipe; for anything else the error stands. */
async function openWithoutRanges(path: string, error: unknown): Promise<ColumnSource> {
  if (!(error instanceof DataError) || !error.what.startsWith(NO_RANGES)) throw error
  const { head, all } = await peek(await streamHttp(path))
  if (looksLikeArrow(head)) return (await arrow()).openArrowPipe(all, path)
  all.destroy()
  throw error
}

/** The first bytes of a stream, and a stream of all of them. */
async function peek(stream: Readable): Promise<{ head: Uint8Array; all: Readable }> {
  const iterator = stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
  const pieces: Uint8Array[] = []
  for (let size = 0; size < HEAD; ) {
    const { done, value } = await iterator.next()
    if (done === true) break
    pieces.push(value)
    size += value.length
  }
  async function* all() {
    yield* pieces
    yield* { [Symbol.asyncIterator]: () => iterator }
  }
  return { head: Buffer.concat(pieces).subarray(0, HEAD), all: Readable.from(all()) }
}

async function columnsOf(file: ArrayFile, options: ArrayOptions): Promise<ColumnSource> {
  try {
    return arrayColumns(file, options)
  } catch (error) {
    await file.close()
    throw asDataError(error, 'damaged', { file: file.name })
  }
}

/** The file of sequences next to a file of maps that has none, if its producer writes one and it exists. */
async function findSequences(
  { name, fields, recognised }: ColumnSource,
  { columns }: RecordOptions,
): Promise<string | undefined> {
  const own = columns?.sequence ?? recognised?.columns.sequence ?? 'sequence'
  const beside = sequencesFileOf(name)
  if (beside === undefined || fields.some(field => field.name === own)) return undefined
  // Asking a server for what may not be there is slow, and may be forbidden.
  return !isRemote(beside) && (await isFile(beside)) ? beside : undefined
}

async function openSequenceSide(path: string, options: RecordOptions, found: boolean): Promise<Side> {
  const columns = { sequence: options.columns?.sequence }
  const isFasta = looksLikeFasta((await sniff(path)).head)
  if (isFasta)
    return { part: 'sequence', source: await (await fasta()).openFastaColumns(path), column: 'sequence' }
  const source = await openFile(path, { columns })
  try {
    const { sequence } = findLayout(source, { columns, axes: options.axes }, 'sequences')
    const note = found ? `sequences are read from ${basename(shownPath(path))}` : undefined
    return { part: 'sequence', source, column: sequence, note }
  } catch (error) {
    await source.close()
    throw error
  }
}

async function openRegionSide(path: string, main: ColumnSource, options: RecordOptions): Promise<Side> {
  const { openBed, REGION } = await bed()
  const regions = await openBed(path)
  const beside = keptLociFileOf(main.name)
  const found = beside !== undefined && (await isFile(beside)) ? beside : undefined
  const mask = options.files?.mask ?? found
  if (mask === undefined) return { part: 'id', source: regions, column: REGION }
  const flags = await openFile(mask, {})
  try {
    const [column] = flags.fields
    const note = mask === found ? `regions are those kept by ${basename(mask)}` : undefined
    return {
      part: 'id',
      source: await keptRows(regions, flags, column?.name ?? 'mask'),
      column: REGION,
      note,
    }
  } catch (error) {
    await flags.close()
    throw error
  }
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false
}

/** Errors: `usage`, where the maps, or the sequences, have no ids. */
async function matchSequences(main: ColumnSource, side: Side, options: RecordOptions): Promise<ColumnSource> {
  const id = main.recognised?.beside?.id ?? options.columns?.id ?? main.recognised?.columns.id ?? 'id'
  const sideId = side.source.recognised?.columns.id ?? 'id'
  for (const [{ name, fields }, column] of [
    [main, id],
    [side.source, sideId],
  ] as const) {
    if (fields.some(field => field.name === column)) continue
    throw new DataError('usage', `has no column ${column}, by which --match id could match; leave it out`, {
      file: name,
    })
  }
  return matchColumns(main, id, side, sideId)
}

async function openTruthSide(path: string, options: RecordOptions): Promise<Side> {
  const columns = { truth: options.columns?.truth }
  const source = await openFile(path, { columns })
  const { truth } = source.recognised?.columns ?? {}
  const lone = source.fields.length === 1 ? source.fields[0].name : undefined
  const column = columns.truth ?? truth ?? lone ?? 'truth'
  if (source.fields.some(field => field.name === column)) return { part: 'truth', source, column }
  const there = columnsText(source)
  await source.close()
  throw new DataError('column', `has no column ${column}, found ${there}; give it with --truth-column`, {
    file: path,
  })
}

/**
 * Opens the sequences of a file: FASTA, plain or gzip, or a column of any other format.
 *
 * Errors: those of `openFasta`, `openColumns` and `sequenceRecords`.
 */
export async function openSequences(
  path: string,
  options: RecordOptions & FastaOptions = {},
): Promise<Source<SequenceOnly>> {
  if (!isPiped(path) && looksLikeFasta((await sniff(path)).head)) return openFasta(path, options)
  const { files: _beside, ...own } = options
  return sequenceRecords(await openColumns(path, own), own)
}

/** Loads the reader of a file ahead of opening it. Errors: those of reading its first bytes. */
export async function loadReader(path: string): Promise<void> {
  const { format } = await sniff(path)
  if (format !== undefined) await { arrow, parquet, numpy, hdf5 }[format]()
}

/** Whether a file is of a format that has columns, by its first bytes. */
export async function isColumnFile(path: string): Promise<boolean> {
  return (await sniff(path)).format !== undefined
}
