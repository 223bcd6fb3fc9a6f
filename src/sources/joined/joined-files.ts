import { createHash } from 'node:crypto'
import { shownPath } from '../../core/address.js'
import { DataError } from '../../core/errors.js'
import { changedFile, type FileStamp, stampsOf } from '../../io/file-stamps.js'
import { isPiped } from '../../io/open.js'
import { type Column, type ColumnSource, filesOf } from '../columns/column.js'
import { hashes, hashesOf, idAt } from '../columns/id-index.js'
import { openColumns } from '../open.js'
import { findLayout } from '../records/record-columns.js'
import type { JoinedModel, JoinOptions, RecordOptions } from '../records/records.js'
import { IdTable } from './id-table.js'

/** The files of a join, as far as they are the same for every batch that is read. */
export interface JoinedFiles {
  readonly models: readonly ModelFiles[]
  /** Rows by id, read when they are first asked for. Error: `pairing`, for an id that a model has twice. */
  readonly table: () => Promise<IdTable>
  /** Whether the first model's files have ids. */
  readonly hasIds: boolean
  /** All files that are read. */
  readonly files: readonly string[]
  /** Bytes of all models' batches for each byte of the first one's. */
  readonly bytesRatio: number
  readonly fingerprint: string
}

export interface ModelFiles extends JoinedModel {
  /** Rows of the files before each, and of all. */
  readonly starts: readonly number[]
  readonly fingerprints: readonly (string | undefined)[]
  readonly rows: number
  /** Whether every file has a column of ids. */
  readonly hasIds: boolean
}

/** What one file of a model is like, looked at once. */
interface FileFacts {
  readonly rows: number
  readonly bytes: number
  readonly hasIds: boolean
  readonly fingerprint: string | undefined
  readonly files: readonly string[]
}

/** Options of a single file of a join. */
export function ownOptions({
  join,
  columns,
  ...options
}: Omit<RecordOptions, 'join'> & { readonly join?: Pick<JoinOptions, 'column'> | undefined }): RecordOptions {
  return { ...options, columns: { ...columns, model: join?.column ?? columns?.model } }
}

/** The files that were looked at last: every batch's file asks for them. */
let last:
  | { readonly key: string; readonly stamps: readonly FileStamp[]; readonly files: JoinedFiles }
  | undefined

/**
 * Opens every file of a join once, to learn its rows.
 *
 * Errors: those of `openColumns` and `findLayout`; `usage`, for a pipe.
 */
export async function openJoinedFiles(
  join: Pick<JoinOptions, 'models' | 'column'>,
  options: RecordOptions,
): Promise<JoinedFiles> {
  const { models, column } = join
  const own = ownOptions({ ...options, join })
  const key = JSON.stringify([
    models,
    column,
    own.columns,
    own.files,
    own.match,
    own.axes,
    own.alphabet,
    own.target,
  ])
  if (last?.key === key && (await changedFile(last.stamps)) === undefined) return last.files
  const files = await lookAt(join, own)
  last = { key, files, stamps: await stampsOf(files.files) }
  return files
}

async function lookAt(
  { models: joined, column }: Pick<JoinOptions, 'models' | 'column'>,
  own: RecordOptions,
): Promise<JoinedFiles> {
  const hash = createHash('sha256').update(JSON.stringify([column ?? null, joined.map(({ model }) => model)]))
  const models: ModelFiles[] = []
  const files = new Set<string>()
  const bytes: number[] = []
  // Files that models share are those of the first.
  for (const { model, paths } of column === undefined ? joined : joined.slice(0, 1)) {
    const starts: number[] = []
    const fingerprints: (string | undefined)[] = []
    let rows = 0
    let size = 0
    let hasIds = true
    for (const path of paths) {
      const facts = await factsOf(path, own)
      starts.push(rows)
      rows += facts.rows
      size += facts.bytes
      hasIds &&= facts.hasIds
      fingerprints.push(facts.fingerprint)
      hash.update(`\n${facts.fingerprint ?? ''}`)
      for (const file of facts.files) files.add(file)
    }
    bytes.push(size)
    models.push({ model, paths, starts, fingerprints, rows, hasIds })
  }
  const all = joined.map(({ model, paths }, i) => models[i] ?? { ...models[0], model, paths })
  let table: Promise<IdTable> | undefined
  return {
    models: all,
    table: () => (table ??= readTable(all, column, own)),
    hasIds: models[0].hasIds,
    files: [...files],
    bytesRatio: bytes[0] > 0 ? bytes.reduce((sum, of) => sum + of, 0) / bytes[0] : 1,
    fingerprint: hash.digest('hex'),
  }
}

async function readTable(
  models: readonly ModelFiles[],
  column: string | undefined,
  own: RecordOptions,
): Promise<IdTable> {
  const table = new IdTable(models.length)
  if (column !== undefined) await readModels(table, models, column, own)
  else for (const [i, of] of models.entries()) await readIds(table, i, of, own)
  return table
}

async function factsOf(path: string, own: RecordOptions): Promise<FileFacts> {
  if (isPiped(path)) {
    throw new DataError('usage', 'a pipe cannot be joined with other maps; write it to a file', {
      file: path,
    })
  }
  const columns = await openColumns(path, own)
  try {
    const { id } = findLayout(columns, own, 'maps')
    const { batches } = columns
    if (batches === undefined) {
      throw new DataError('usage', 'is read as a pipe, and cannot be joined with other maps; copy it first', {
        file: path,
      })
    }
    return {
      rows: batches.reduce((sum, batch) => sum + batch.rows, 0),
      bytes: batches.reduce((sum, batch) => sum + batch.bytes, 0),
      hasIds: id !== undefined,
      fingerprint: await columns.fingerprint(),
      files: filesOf(columns),
    }
  } finally {
    await columns.close()
  }
}

/** Error: `pairing`. */
export function assertSameRows(models: readonly ModelFiles[]): void {
  const [first] = models
  const other = models.find(({ rows }) => rows !== first.rows)
  if (other === undefined) return
  throw new DataError(
    'pairing',
    `has ${other.rows} rows, against ${first.rows} of ${first.model}; give every model the same sequences in one order, or ids by which they go together`,
    { file: shownPath(other.paths[0]) },
  )
}

/** Notes the ids of a model; row numbers if its files have none. A row whose id is null goes with no other. */
async function readIds(table: IdTable, model: number, of: ModelFiles, own: RecordOptions): Promise<void> {
  for (const [file, path] of of.paths.entries()) {
    await eachId(path, own, of.starts[file], of.hasIds, undefined, (id, row, at) => {
      if (table.add(model, id, row) < 0) throw twice(of.model, at())
    })
  }
}

/** Notes the ids of all models of shared files. Rows of other models are left out. */
async function readModels(
  table: IdTable,
  models: readonly ModelFiles[],
  column: string,
  own: RecordOptions,
): Promise<void> {
  const numbers = new Map(models.map(({ model }, i) => [model, i]))
  const [of] = models
  if (!of.hasIds) {
    throw new DataError(
      'pairing',
      'has no ids, by which the rows of its models go together; name their column with --id-column',
      { file: of.paths[0] },
    )
  }
  for (const [file, path] of of.paths.entries()) {
    await eachId(path, own, of.starts[file], true, column, (id, row, at, model) => {
      const number = numbers.get(model ?? '')
      if (number !== undefined && table.add(number, id, row) < 0) throw twice(model ?? '', at())
    })
  }
}

function twice(model: string, where: ConstructorParameters<typeof DataError>[2]): DataError {
  return new DataError(
    'pairing',
    `occurs twice in ${model}, expected each id once; leave one of them out`,
    where,
  )
}

type Visit = (
  id: readonly [number, number],
  row: number,
  at: () => { readonly file: string; readonly row: number; readonly id: string },
  model: string | undefined,
) => void

/** Visits the ids of a file, and the models of its rows. */
async function eachId(
  path: string,
  own: RecordOptions,
  before: number,
  hasIds: boolean,
  modelColumn: string | undefined,
  visit: Visit,
): Promise<void> {
  const columns: ColumnSource = await openColumns(path, own)
  try {
    const { id } = findLayout(columns, own, 'maps')
    if (!hasIds || id === undefined) {
      const { batches = [] } = columns
      const rows = batches.reduce((sum, batch) => sum + batch.rows, 0)
      for (let row = 0; row < rows; row++) {
        const text = String(before + row)
        visit(hashesOf(text), before + row, () => ({ file: path, row, id: text }), undefined)
      }
      return
    }
    const names = [...new Set([id, ...(modelColumn === undefined ? [] : [modelColumn])])]
    for await (const batch of columns.read(names)) {
      const ids = batch.columns.get(id) as Column
      const models = modelColumn === undefined ? undefined : (batch.columns.get(modelColumn) as Column)
      for (let i = 0, row = batch.rows.start; row < batch.rows.end; i++, row++) {
        if (ids.nulls?.[i] || models?.nulls?.[i]) continue
        const at = () => ({ file: path, row, id: idAt(ids, i) })
        visit(hashes(ids, i), before + row, at, models && idAt(models, i))
      }
    }
  } finally {
    await columns.close()
  }
}

/** Names of the models of files that share them, in their order. */
export async function modelsOf(
  paths: readonly string[],
  column: string,
  options: RecordOptions,
): Promise<string[]> {
  const names = new Set<string>()
  for (const path of paths) {
    const columns = await openColumns(path, options)
    try {
      findLayout(columns, { ...options, columns: { ...options.columns, model: column } }, 'maps')
      for await (const batch of columns.read([column])) {
        const models = batch.columns.get(column) as Column
        for (let i = 0; i < batch.rows.end - batch.rows.start; i++) {
          if (!models.nulls?.[i]) names.add(idAt(models, i))
        }
      }
    } finally {
      await columns.close()
    }
  }
  return [...names].toSorted()
}
