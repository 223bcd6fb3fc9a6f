import type { Json } from '../core/types.js'
import type { ModelScore } from './scores.js'

export const SCORES_SCHEMA = 'attrstream.scores/1'

/** What scores.json holds. All but the provenance is equal, byte for byte, however the scores were run. */
export interface ScoreDocument {
  readonly schema: typeof SCORES_SCHEMA
  readonly models: readonly ModelScore[]
  /** Only where the scores are of part of a plan, as asked for. */
  readonly partial?: { readonly missing_shards: readonly number[]; readonly of: number }
  readonly provenance: Provenance
}

export interface Provenance {
  readonly version: string
  readonly command: readonly string[]
  readonly inputs: readonly {
    readonly model: string
    readonly name: string
    readonly bytes: number | null
    readonly fingerprint: string | null
  }[]
  readonly options: Json
  /** Id of the plan whose shards were put together. */
  readonly plan?: string
  readonly wall_seconds: number
}
