import { DataError } from '../../core/errors.js'
import type { Averaging, JoinedModel, JoinOptions, RecordOptions } from '../records/records.js'
import type { IdTable } from './id-table.js'
import { assertSameRows, openJoinedFiles, type ModelFiles } from './joined-files.js'

/** What is known of a join before its files are opened. */
export interface Joining {
  readonly models: readonly JoinedModel[]
  /** Column that says which model a row is of, if models share their files. */
  readonly column?: string | undefined
  /** How rows go together; by id if undefined. */
  readonly match?: 'id' | 'order' | undefined
  readonly average?: Averaging | undefined
}

/**
 * How the maps of some models go together, models in the order of their names. Rows that have the same ids in the same order are
 * joined in order, without a table of ids.
 *
 * Errors: those of `openJoinedFiles`; `usage`, for fewer than two models; `pairing`, for an id that a model has twice, for models that
 * have no id in common, and for other numbers of rows of models that are joined in order or lack ids.
 */
export async function planJoin(
  { models: asked, column, match = 'id', average }: Joining,
  options: RecordOptions,
): Promise<JoinOptions> {
  const models = asked.toSorted((a, b) => (a.model < b.model ? -1 : 1))
  if (models.length < 2) {
    const found = models.length === 0 ? 'none' : `one, ${models[0].model}`
    throw new DataError(
      'usage',
      `needs the maps of two models or more, found ${found}; give more files or folders, or --model-column`,
    )
  }
  const join = { models, column, average, unmatched: 0 }
  const { models: files, table } = await openJoinedFiles({ models, column }, options)
  const lacking = files.some(({ hasIds }) => !hasIds)
  const inOrder = match === 'order' || files.every(({ hasIds }) => !hasIds)
  if (column === undefined && (inOrder || lacking)) assertSameRows(files)
  if (inOrder && column === undefined) return { ...join, by: 'order' }
  const ids = await table()
  const common = ids.common()
  if (common === 0) throw nothingInCommon(files)
  const by = column === undefined && haveOneOrder(ids, files) ? 'order' : 'id'
  return { ...join, by, unmatched: ids.count - common }
}

function nothingInCommon(files: readonly ModelFiles[]): DataError {
  const without = files.filter(({ hasIds }) => !hasIds).map(({ model }) => model)
  const why =
    without.length === 0
      ? 'name the column of ids with --id-column, or join rows in their order with --match order'
      : `${without.join(', ')} has no ids, so that its row numbers are compared with them; name their column with --id-column, or join rows in their order with --match order`
  return new DataError('pairing', `no id is common to ${files.map(({ model }) => model).join(', ')}; ${why}`)
}

function haveOneOrder(ids: IdTable, files: readonly ModelFiles[]): boolean {
  if (files.some(({ rows }) => rows !== ids.count)) return false
  for (let id = 0; id < ids.count; id++) {
    for (let model = 0; model < files.length; model++) if (ids.rowOf(model, id) !== id) return false
  }
  return true
}
