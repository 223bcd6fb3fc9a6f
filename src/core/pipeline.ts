/** What a pipeline is told on the command line beside its inputs: `--out FILE`, and any further `--name value`. */
export interface PipelineFlags {
  /** Where rows go, the form by the name's ending; standard output where undefined. */
  readonly out?: string | undefined
  readonly [name: string]: unknown
}

/** What a module of `attrstream run` exports under the name `pipeline`. */
export interface PipelineModule {
  /** One line that says what it does. */
  readonly description: string
  /** @param inputs Paths of files, or `-`; folders and patterns are expanded already. */
  run(inputs: readonly string[], flags: PipelineFlags): Promise<void>
}
