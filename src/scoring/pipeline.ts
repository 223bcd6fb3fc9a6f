import type { RecordOptions } from '../columns/records.js'

/**
 * What a pipeline is told on the command line beside its inputs: `--out FILE`, the options of how columns become records,
 * and any further `--name value`.
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
  /** @param inputs Paths of files, or `-`; folders and patterns are expanded already. */
  run(inputs: readonly string[], flags: PipelineFlags): Promise<void>
}
