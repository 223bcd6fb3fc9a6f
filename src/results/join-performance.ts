import { DataError } from '../core/errors.js'
import { didYouMean } from '../core/suggest.js'
import type { Row } from '../core/table.js'
import type { PerformanceTable } from './load-performance.js'
import { scoreRows } from './scores-table.js'
import type { ModelScore } from '../metrics/model-score.js'
import type { SelectOptions } from './selection.js'

/** A model of the table, with its scores where they are used. */
export interface ModelWithPerformance {
  readonly model: string
  readonly figures: { readonly [column: string]: string | number | null }
  readonly score: ModelScore | undefined
}

/** The models of a table with their scores. Errors: `usage`, for two of one name; `empty`, for none. */
export function joinCandidates(
  scores: readonly ModelScore[],
  table: PerformanceTable,
  options: SelectOptions,
): ModelWithPerformance[] {
  const names = scores.map(({ model }) => model)
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (twice !== undefined) {
    throw new DataError(
      'usage',
      `two models are named ${twice}; give each a name of its own when it is scored`,
    )
  }
  const alone = options.kmerColumn !== undefined && options.angularColumn !== undefined
  const candidates = candidatesOf(scores, table).filter(({ score }) => score !== undefined || alone)
  if (candidates.length > 0) return candidates
  const some = (list: readonly string[]) => list.slice(0, 3).join(', ') || 'none'
  throw new DataError(
    'empty',
    `has none of the scored models: found ${some([...table.rows.keys()])}, expected ${some(names)}; models are joined by name, so score with --model, or rename them in the table`,
    { file: table.name },
  )
}

/** The models of a table, in its order, those that were scored with their scores. */
function candidatesOf(scores: readonly ModelScore[], table: PerformanceTable): ModelWithPerformance[] {
  const byName = new Map(scores.map(score => [score.model, score]))
  return [...table.rows].map(([model, figures]) => ({ model, figures, score: byName.get(model) }))
}

export type Read<T> = (candidate: ModelWithPerformance) => T

/** Reads columns of the table, or else of the scores' own. */
export function columnReader(table: PerformanceTable, candidates: readonly ModelWithPerformance[]) {
  let made: ReadonlyMap<string, Row> | undefined
  /** Columns of the scores: looked at where the table has none of a name, since those of earlier versions lack some. */
  const flat = () =>
    (made ??= new Map(
      candidates.flatMap(({ model, score }) =>
        score === undefined ? [] : [[model, scoreRows([score])[0]] as const],
      ),
    ))
  const has = (name: string) =>
    table.columns.some(column => column.name === name) ||
    [...flat().values()].some(row => Object.hasOwn(row, name))
  const require = (name: string) => {
    if (has(name)) return
    const there = table.columns.map(column => column.name).join(', ')
    const near = didYouMean(
      name,
      table.columns.map(column => column.name),
    )
    throw new DataError(
      'column',
      `has no column ${name}, found ${there}${near || '; choose one of them, or one of scores.csv'}`,
      {
        file: table.name,
      },
    )
  }
  const cell = (name: string): Read<string | number | boolean | null> => {
    require(name)
    return ({ model, figures }) => (name in figures ? figures[name] : (flat().get(model)?.[name] ?? null))
  }
  return {
    require,
    cell,
    text:
      (name: string): Read<string> =>
      candidate =>
        String(cell(name)(candidate) ?? ''),
    number(name: string): Read<number | null> {
      const of = cell(name)
      const word = candidates.map(of).find(value => value !== null && typeof value !== 'number')
      if (word === undefined) return candidate => of(candidate) as number | null
      throw new DataError(
        'column',
        `column ${name} holds ${JSON.stringify(word)}, expected numbers; give another`,
        {
          file: table.name,
        },
      )
    },
  }
}

export type Reader = ReturnType<typeof columnReader>

export function errorReader(error: SelectOptions['byError'], read: Reader): Read<number> {
  if (error === undefined) return () => 0
  if (typeof error === 'number') return () => error
  const of = read.number(error)
  return candidate => of(candidate) ?? 0
}

/**
 * Standard errors of the scored models' figures of generalisation, by model. Errors: `column`, for a column that is not there,
 * or not of numbers.
 */
export function figureErrors(
  scores: readonly ModelScore[],
  table: PerformanceTable,
  byError: SelectOptions['byError'],
): ReadonlyMap<string, number> {
  const candidates = candidatesOf(scores, table).filter(({ score }) => score !== undefined)
  const read = errorReader(byError, columnReader(table, candidates))
  return new Map(candidates.map(candidate => [candidate.model, read(candidate)]))
}

/** What is known of the models' maps; undefined where nothing is. */
export function truthReader(
  candidates: readonly ModelWithPerformance[],
  { truthColumn }: SelectOptions,
  read: Reader,
): { readonly name: string; readonly of: Read<number | null> } | undefined {
  if (truthColumn !== undefined) return { name: truthColumn, of: read.number(truthColumn) }
  if (!candidates.some(({ score }) => score?.truth !== undefined)) return undefined
  return { name: 'truth_snr', of: ({ score }) => score?.truth?.snr ?? null }
}
