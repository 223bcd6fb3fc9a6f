import type { RecordOptions } from '../sources/records/records.js'

/** An option that a pipeline declares: `--name value`, or `--name` alone for a boolean. */
export interface OptionSpec {
  /** What its value is; by default that of `default`, else a string. */
  readonly type?: 'string' | 'number' | 'boolean'
  readonly default?: string | number | boolean
  readonly choices?: readonly (string | number)[]
  /** One line for `--help`. */
  readonly describe: string
}

/**
 * What a pipeline is told on the command line beside its inputs: `--out FILE`, the options of how columns become records,
 * and those that it declares.
 */
export interface PipelineFlags {
  /** Where rows go, the form by the name's ending; standard output where undefined. */
  readonly out?: string | undefined
  /**
   * What `openMaps` and `openAllMaps` take: axes, names of columns, `--where` and their like. What is read by it is counted in
   * events and metrics.
   */
  readonly records: RecordOptions
  readonly [name: string]: unknown
}

/** What a module of `attrstream run` exports under the name `pipeline`. */
export interface PipelineModule {
  /** One line that says what it does. */
  readonly description: string
  /** Options of its own, by name as it is typed; any other is refused. */
  readonly options?: { readonly [name: string]: OptionSpec } | undefined
  /** @param inputs Paths of files, or `-`; folders and patterns are expanded already. */
  run(inputs: readonly string[], flags: PipelineFlags): Promise<void>
}
