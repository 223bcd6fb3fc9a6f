import type { ScoreDocument } from '../results/document.js'
import type { PerformanceTable } from '../results/load-performance.js'
import type { ShownMap } from './figures/map-figure.js'
import type { Palette } from './figures/theme.js'

/** What a report is made of. */
export interface ReportInput {
  readonly documents: readonly { readonly name: string; readonly document: ScoreDocument }[]
  readonly performance?: PerformanceTable | undefined
  /** Column of generalisation; a usual one where undefined. */
  readonly performanceColumn?: string | undefined
  /** Whether less of it is better, as of a loss. */
  readonly lower?: boolean | undefined
  /** Its standard errors by model. */
  readonly performanceErrors?: ReadonlyMap<string, number> | undefined
  /** Columns of strata: the first by colour, the second by shape. */
  readonly strata?: readonly string[] | undefined
  readonly maps?: readonly ShownMap[] | undefined
  readonly palette: Palette
}
