import { type ASTNode, Environment } from '@marcbachmann/cel-js'
import { shownPath } from '../../core/address.js'
import { badRecord, DataError } from '../../core/errors.js'
import { didYouMean } from '../../core/suggest.js'
import type { Cell } from '../../core/table.js'
import { locusOf, misfitOf } from '../../dna/locus.js'
import type { Column, ColumnField, ColumnSource } from './column.js'
import { MATCHES, registerMatches, useMatches } from './matches.js'
import { cellAt, cellKind } from './scalars.js'

/*
 * Filters over rows, in the Common Expression Language (github.com/google/cel-spec): no loops, no side effects, no reach
 * beyond the names that are declared here.
 */

/** What a filter sees of a row. */
export interface FilteredRow {
  readonly id: string
  readonly sequence: Uint8Array
  /** Columns of the batch, and the row in them. */
  readonly columns: ReadonlyMap<string, Column>
  readonly at: number
}

export interface RowFilter {
  /** Columns of the file that the expression names. */
  readonly columns: readonly string[]
  /** Whether a row is kept. Error: `record`, if the expression has no value there, as with a null that is compared. */
  readonly keeps: (row: FilteredRow) => boolean
}

/** Names that every record has, whatever columns its file has. */
const OWN = { id: 'string', length: 'int', file: 'string' } as const
/** Names of the place that an id tells, as in `chr1:100-300`, where no column is called so; null where it tells none. */
const PLACE = { chrom: 'string', start: 'int', end: 'int', strand: 'string' } as const

/**
 * The filter that an expression is over the columns of a file.
 *
 * Errors: `usage`, for what is no expression, or none that is true or false; `column`, for a name that is not there.
 */
export function whereFilter(expression: string, source: Pick<ColumnSource, 'name' | 'fields'>): RowFilter {
  const scalars = new Map(
    source.fields.flatMap(({ name, type }): [string, string][] => {
      const kind = kindOf(type)
      return kind === undefined ? [] : [[name, kind]]
    }),
  )
  const types = new Map<string, string>([
    ...Object.entries(OWN),
    ...Object.entries(PLACE),
    ...[...scalars].filter(([name]) => canBeName(name)),
  ])
  const exact = environment(types, type => type)
  const loose = environment(types, () => 'dyn')
  const names = new Set<string>()
  const quoted = new Set<string>()
  let evaluate: (context: object) => unknown
  try {
    const program = loose.parse(expression)
    evaluate = program
    let nulls = false
    walk(program.ast, node => {
      useMatches(node)
      if (node.op === 'id') names.add(node.args)
      const name = quotedName(node)
      if (name !== undefined) quoted.add(name)
      if (node.op === 'value' && node.args === null) nulls = true
    })
    // Types are known but for nulls: an expression that asks for null is checked for names alone.
    const checked = nulls ? program : exact.parse(expression)
    if (checked !== program) walk(checked.ast, useMatches)
    const { valid, type, error } = checked.check()
    if (!valid) throw error ?? new Error('it is not valid')
    if (type !== 'bool' && type !== 'dyn') throw new Error(`it is of type ${type}, expected true or false`)
  } catch (error) {
    throw refused(expression, error, source.name, [...types.keys()])
  }
  const columns = [...scalars.keys()].filter(
    name => quoted.has(name) || (names.has(name) && types.has(name) && !Object.hasOwn(OWN, name)),
  )
  for (const name of quoted) {
    if (!scalars.has(name)) throw unknownName(name, source.name, [...scalars.keys()])
  }

  let row: FilteredRow
  const context: object = Object.create(null)
  const cells: object = Object.create(null)
  const define = (name: string, get: () => unknown) =>
    Object.defineProperty(context, name, { get, configurable: true })
  const place = () => {
    const found = locusOf(row.id, row.sequence.length)
    const misfit = found === undefined ? misfitOf(row.id, row.sequence.length) : undefined
    if (misfit === undefined) return found
    throw badRecord(
      'other',
      `--where ${expression}: the id ${misfit}; give the places of the maps with --regions`,
    )
  }
  define('chrom', () => place()?.chrom ?? null)
  define('start', () => wholeOf(place()?.start))
  define('end', () => wholeOf(place()?.end))
  define('strand', () => strandOf(place()?.strand))
  for (const name of columns) {
    const isWhole = scalars.get(name) === 'int'
    const get = () => valueAt(row.columns.get(name) as Column, row.at, isWhole)
    define(name, get)
    Object.defineProperty(cells, name, { get, enumerable: true })
  }
  define(COLUMNS, () => cells)
  define('id', () => row.id)
  define('length', () => BigInt(row.sequence.length))
  define('file', () => shownPath(source.name))
  return {
    columns,
    keeps(next) {
      row = next
      let kept: unknown
      try {
        kept = evaluate(context)
      } catch (error) {
        const cause = error instanceof DataError ? error : (error as Error).cause
        if (cause instanceof DataError) throw cause
        throw badRecord(
          'other',
          `--where ${expression}: ${summaryOf(error)}; test for null first, e.g. x != null && x > 1`,
        )
      }
      if (typeof kept === 'boolean') return kept
      throw badRecord('other', `--where ${expression} is ${String(kept)}, expected true or false`)
    },
  }
}

/** The type that expressions have for a scalar column; undefined for any other. */
function kindOf(type: ColumnField['type']): string | undefined {
  const kind = cellKind(type)
  return kind && { text: 'string', whole: 'int', real: 'double', flag: 'bool' }[kind]
}

/** All columns by their names in quotes, as in `columns["type"]`: for those that are no names in an expression. */
const COLUMNS = 'columns'

/** Whether a column can be written as it is called: not where it is a word of the language, or the record's own. */
function canBeName(name: string): boolean {
  if (name === COLUMNS || Object.hasOwn(OWN, name) || !/^(?!(?:true|false|null|in)$)[A-Za-z_]\w*$/.test(name))
    return false
  try {
    new Environment().registerVariable(name, 'dyn')
    return true
  } catch {
    return false
  }
}

/** The name in `columns["name"]` or `columns.name`. Error: where it is no name but computed. */
function quotedName(node: ASTNode): string | undefined {
  if (node.op !== '[]' && node.op !== '.') return undefined
  const [map, key] = node.args
  if (map.op !== 'id' || map.args !== COLUMNS) return undefined
  if (typeof key === 'string') return key
  if (key.op === 'value' && typeof key.args === 'string') return key.args
  throw new Error(`${COLUMNS} takes a name in quotes`)
}

/** Names with their types; whole numbers and doubles go together, as they do in comparisons. */
function environment(types: ReadonlyMap<string, string>, as: (type: string) => string): Environment {
  const environment = new Environment().registerVariable(COLUMNS, 'map')
  for (const [name, type] of types) environment.registerVariable(name, as(type))
  const arithmetic: readonly [string, (a: number, b: number) => number][] = [
    ['+', (a, b) => a + b],
    ['-', (a, b) => a - b],
    ['*', (a, b) => a * b],
    ['/', (a, b) => a / b],
  ]
  for (const [operator, of] of arithmetic) {
    environment.registerOperator(`double ${operator} int`, (a, b) => of(a, Number(b)))
    environment.registerOperator(`int ${operator} double`, (a, b) => of(Number(a), b))
  }
  registerMatches(environment)
  environment.registerOperator('double == int', (a, b) => a === Number(b))
  return environment
}

function walk(node: unknown, visit: (node: ASTNode) => void): void {
  if (Array.isArray(node)) {
    for (const part of node) walk(part, visit)
  } else if (typeof node === 'object' && node !== null && 'op' in node) {
    visit(node as ASTNode)
    walk((node as ASTNode).args, visit)
  }
}

/** A cell as expressions have it: whole numbers apart from doubles. */
function valueAt(column: Column, row: number, isWhole: boolean): Cell | bigint {
  const cell = cellAt(column, row)
  return isWhole && typeof cell === 'number' ? BigInt(cell) : cell
}

function wholeOf(value: number | undefined): bigint | null {
  return value === undefined ? null : BigInt(value)
}

function strandOf(strand: string | undefined): string | null {
  return strand === undefined || strand === '.' ? null : strand
}

function summaryOf(error: unknown): string {
  const { summary, message } = error as { summary?: string; message: string }
  const said = summary ?? message.split('\n')[0]
  return said.replaceAll(MATCHES, 'matches').replace(/^./, first => first.toLowerCase())
}

function refused(expression: string, error: unknown, file: string, names: readonly string[]): DataError {
  const summary = summaryOf(error)
  const unknown = /^unknown variable: (.*)/.exec(summary)
  if (unknown !== null) return unknownName(unknown[1], file, names)
  return new DataError(
    'usage',
    `--where ${expression}: ${summary}; write an expression such as 'label == "enhancer" && length >= 200'`,
    { file },
  )
}

function unknownName(name: string, file: string, names: readonly string[]): DataError {
  return new DataError(
    'column',
    `--where names ${name}, found ${names.join(', ')}${didYouMean(name, names) || '; give one of these'}`,
    {
      file,
    },
  )
}
