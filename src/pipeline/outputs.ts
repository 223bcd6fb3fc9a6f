import { DataError, partError } from '../core/errors.js'
import type { AttributionRecord, Json, OpaqueAccumulator } from '../core/types.js'
import type { RecordOptions } from '../sources/records/records.js'
import type { OptionValues, Outputs, Pipeline, WrittenOutput } from './define.js'

/** The outputs of a pipeline with its options set, checked. */
export interface ReadyOutputs {
  readonly folds: { readonly [name: string]: OpaqueAccumulator<AttributionRecord, unknown> }
  readonly written: { readonly [name: string]: WrittenOutput }
  readonly all: Outputs
}

/** Names of the models that records have the maps of: none without a join, or if they are averaged. */
export function modelsOfJoin({ join }: RecordOptions): readonly string[] {
  return join === undefined || join.average !== undefined ? [] : join.models.map(({ model }) => model)
}

/** What outputs may be called: the names of files. */
const NAME = /^[A-Za-z][\w-]*$/

/**
 * Errors: `usage`, naming the output: for none at all, for a name that is no file name, for what is neither `fold(...)` nor
 * `rows(...)` nor `maps(...)`, and for params that JSON cannot hold, since states and threads are distinguished by them.
 */
export function readyOutputs(
  pipeline: Pipeline,
  options: OptionValues<never>,
  models: readonly string[] = [],
): ReadyOutputs {
  const all = pipeline.outputs(options, models)
  const names = Object.keys(all ?? {})
  if (names.length === 0)
    throw new DataError('usage', 'has no outputs; give one, as fold(...), rows(...) or maps(...)')
  const folds: { [name: string]: OpaqueAccumulator<AttributionRecord, unknown> } = {}
  const written: { [name: string]: WrittenOutput } = {}
  for (const name of names) {
    const output = all[name]
    const at = `output ${name}`
    if (!NAME.test(name)) {
      throw new DataError('usage', `${at}: a name is letters, digits, _ and -, and begins with a letter`)
    }
    if (output?.kind === 'fold') {
      assertJson(output.accumulator.params, `${at}: accumulator ${output.accumulator.name}: params`)
      folds[name] = guarded(name, output.accumulator)
    } else if (output?.kind === 'rows' || output?.kind === 'maps') {
      assertJson(output.stage.params, `${at}: stage ${output.stage.name}: params`)
      written[name] = output
    } else
      throw new DataError('usage', `${at} is ${typeof output}, expected fold(...), rows(...) or maps(...)`)
  }
  return { folds, written, all }
}

/** The same accumulator; what its methods throw is reported with the output's name. Adding has its own report. */
function guarded(
  name: string,
  accumulator: OpaqueAccumulator<AttributionRecord, unknown>,
): OpaqueAccumulator<AttributionRecord, unknown> {
  const guard =
    <A extends readonly unknown[], V>(method: string, call: (...args: A) => V) =>
    (...args: A): V => {
      try {
        return call(...args)
      } catch (error) {
        throw partError(`output ${name}: accumulator ${accumulator.name}: ${method}`, error)
      }
    }
  return {
    ...accumulator,
    add: accumulator.add.bind(accumulator),
    empty: guard('empty', () => accumulator.empty()),
    merge: guard('merge', (into, from) => accumulator.merge(into, from)),
    result: guard('result', state => accumulator.result(state)),
    save: guard('save', state => accumulator.save(state)),
    load: guard('load', arrays => accumulator.load(arrays)),
  }
}

/** Error: `usage`, with the path to what JSON cannot hold. */
function assertJson(value: unknown, at: string): asserts value is Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return
  if (typeof value === 'number' && Number.isFinite(value)) return
  if (typeof value === 'object') {
    const plain = Array.isArray(value) || [Object.prototype, null].includes(Object.getPrototypeOf(value))
    if (plain) {
      for (const [key, inner] of Object.entries(value)) assertJson(inner, `${at}.${key}`)
      return
    }
  }
  const found =
    typeof value === 'object' ? value.constructor.name : typeof value === 'number' ? value : typeof value
  throw new DataError('usage', `${at} is ${found}, which JSON cannot hold`)
}
