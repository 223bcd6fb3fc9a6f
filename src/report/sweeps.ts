import type { ScoreDocument } from '../scoring/document.js'
import type { ModelView } from './models.js'
import { hint } from './blocks.js'

/** Sensitivity to options, from sweeps. */
export function sweepSection(
  _documents: readonly { readonly name: string; readonly document: ScoreDocument }[],
  _models: readonly ModelView[],
): string {
  return hint(
    'No sweep over options was scored. <code>attrstream sweep</code> scores many settings in one pass.',
  )
}
