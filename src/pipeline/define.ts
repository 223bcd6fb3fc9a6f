import { pipe } from '../core/compose.js'
import type { MapElement } from '../core/map-table.js'
import type { Columns, Row, RowOf, Table } from '../core/table.js'
import type { Accumulator, AttributionRecord, OpaqueAccumulator, Stage } from '../core/types.js'

/** An option of a pipeline, as `attrstream run NAME --help` shows it and `--name value` sets it. */
export interface OptionSpec {
  readonly describe: string
  /** Also its type; an option without a default is text, or of its `type`, and undefined if it is not given. */
  readonly default?: string | number | boolean
  readonly type?: 'string' | 'number' | 'boolean'
  readonly choices?: readonly (string | number)[]
}

export type OptionSpecs = { readonly [name: string]: OptionSpec }

type Widened<V> = V extends string ? string : V extends number ? number : V extends boolean ? boolean : never
type TypeNamed<S> = S extends { type: 'number' } ? number : S extends { type: 'boolean' } ? boolean : string

/** Of a pipeline without options. */
type NoOptions = { readonly [name in never]: OptionSpec }

/** The values of options. */
export type OptionValues<O extends OptionSpecs> = {
  readonly [name in keyof O]: O[name] extends { choices: readonly (infer C)[] }
    ? O[name] extends { default: unknown }
      ? C
      : C | undefined
    : O[name] extends { default: infer V }
      ? Widened<V>
      : TypeNamed<O[name]> | undefined
}

/** A table made of the result of a fold: one or more rows a population. */
export interface ResultTable<T, C extends Columns = Columns> {
  readonly columns: C
  readonly rows: (result: T) => readonly RowOf<C>[]
}

/** An output that is added up over all records of a population. */
export interface FoldOutput<T = unknown> {
  readonly kind: 'fold'
  readonly accumulator: OpaqueAccumulator<AttributionRecord, T>
  readonly table?: ResultTable<T> | undefined
}

/** An output of rows, as they come. */
export interface RowsOutput {
  readonly kind: 'rows'
  readonly stage: Stage<AttributionRecord, Row>
  readonly table: Columns | Table
  /** Columns of the input that follow those of the table. */
  readonly keep: readonly string[]
}

/** An output of maps, in the form that attrstream reads. */
export interface MapsOutput {
  readonly kind: 'maps'
  readonly stage: Stage<AttributionRecord>
  readonly element: MapElement
  /** Columns of the input that follow id, sequence and attributions. */
  readonly keep: readonly string[]
}

/** An output that is written as it comes. */
export type WrittenOutput = RowsOutput | MapsOutput

// oxlint-disable-next-line typescript/no-explicit-any -- no other type fits the results of all folds
export type Output = FoldOutput<any> | WrittenOutput
export type Outputs = { readonly [name: string]: Output }

/** What `attrstream run` runs: a module's default export. */
export interface Pipeline<O extends OptionSpecs = OptionSpecs> {
  readonly kind: typeof PIPELINE
  /** One line that says what it does. */
  readonly description: string
  readonly options: O
  /** Whether each input is a model, and records have the maps of all models of their sequence, as `maps`. */
  readonly joined: boolean
  /** Columns of the input that its records have as `extra`. */
  readonly columns: (options: OptionValues<O>) => readonly string[]
  /** Whether its records have ground truth: wherever the input has it, or not at all. */
  readonly truth: (options: OptionValues<O>) => 'found' | false
  /** Shorter sequences than this are bad records. */
  readonly shortest: number
  readonly outputs: (options: OptionValues<O>, models: readonly string[]) => Outputs
}

/** What distinguishes a pipeline from other values, also from those of another copy of the package. */
export const PIPELINE = 'attrstream.pipeline/1'

/**
 * A pipeline: what is made of the records of a population. The functions are called in every thread that takes part, with the
 * same options, so they must depend on nothing else.
 *
 * @param definition `description`, one line; `options`, by name; `columns`, those of the input that records have as `extra`;
 * `truth`, whether they have ground truth where the input does (not by default); `shortest`, the length below which a sequence is a bad
 * record (1); `outputs`, each a `fold(...)`, `rows(...)` or `maps(...)`, by name; `joined`, whether each input is a model and records
 * have the maps of all models, whose names `outputs` is given.
 */
export function pipeline<const O extends OptionSpecs = NoOptions>(definition: {
  readonly description: string
  readonly options?: O
  readonly joined?: boolean
  readonly columns?: (options: OptionValues<O>) => readonly string[]
  readonly truth?: (options: OptionValues<O>) => 'found' | false
  readonly shortest?: number
  readonly outputs: (options: OptionValues<O>, models: readonly string[]) => Outputs
}): Pipeline<O> {
  const {
    options = {} as O,
    joined = false,
    columns = () => [],
    truth = () => false,
    shortest = 1,
  } = definition
  return { ...definition, kind: PIPELINE, options, joined, columns, truth, shortest }
}

/**
 * An output that is added up: its state is saved, resumed, sharded and merged, and its result is JSON, or rows of `table`.
 *
 * @param accumulator Of records, as `pipe(stage, ..., accumulator)` makes it.
 */
export function fold<S, T, C extends Columns>(
  accumulator: Accumulator<AttributionRecord, S, T>,
  table?: ResultTable<T, C>,
): FoldOutput<T>
/** @param stage What records go through before they are added up. */
export function fold<B, S, T, C extends Columns>(
  stage: Stage<AttributionRecord, B>,
  accumulator: Accumulator<B, S, T>,
  table?: ResultTable<T, C>,
): FoldOutput<T>
export function fold<T>(
  first: Stage<AttributionRecord, unknown> | OpaqueAccumulator<AttributionRecord, T>,
  second?: OpaqueAccumulator<unknown, T> | ResultTable<T>,
  third?: ResultTable<T>,
): FoldOutput<T> {
  if ('empty' in first) return { kind: 'fold', accumulator: first, table: second as ResultTable<T> }
  return {
    kind: 'fold',
    accumulator: pipe(first, second as OpaqueAccumulator<unknown, T>),
    table: third,
  }
}

/**
 * An output of rows: what comes out of `stage` goes into one file in the order of the records, or into a folder of parts.
 *
 * @param stage Makes objects of its own, whose properties are the columns of `table`.
 * @param options `keep`, columns of the input that each row has behind its own.
 */
export function rows<B extends Row>(
  stage: Stage<AttributionRecord, B>,
  table: Columns | Table,
  { keep = [] }: { readonly keep?: readonly string[] } = {},
): RowsOutput {
  return { kind: 'rows', stage, table, keep }
}

/**
 * An output of maps: what comes out of `stage` is written as a dump that attrstream reads, with columns id, sequence, attributions, and
 * truth and models if the records have them.
 *
 * @param options `element`, how values are stored (`float32`); `keep`, columns of the input that follow.
 */
export function maps(
  stage: Stage<AttributionRecord>,
  {
    element = 'float32',
    keep = [],
  }: { readonly element?: MapElement; readonly keep?: readonly string[] } = {},
): MapsOutput {
  return { kind: 'maps', stage, element, keep }
}

/** Whether a value is what `pipeline` makes. */
export function isPipeline(value: unknown): value is Pipeline {
  return (value as Partial<Pipeline> | undefined)?.kind === PIPELINE
}
