import type { PipelineSpec } from '../pass.js'
import type { OutputsShape } from './output-files.js'

/** All that a thread needs to write parts of a dataset. */
export interface RowsSpec extends PipelineSpec {
  readonly shape: OutputsShape
  /** Folder of the dataset. */
  readonly folder: string
  /** Column by whose values parts go into folders of their own; none where undefined. */
  readonly partitionBy?: string | undefined
  /** Whether parts are read back and compared before they appear. */
  readonly verify: boolean
}
