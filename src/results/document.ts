import type { ErrorCode } from '../core/errors.js'
import type { Json } from '../core/types.js'
import type { AgreementScore } from '../metrics/agreement.js'
import type { ModelScore } from '../metrics/model-score.js'

export const SCORES_SCHEMA = 'attrstream.scores/3'

/** What scores.json holds. All but the provenance is equal, byte for byte, however the scores were run. */
export interface ScoreDocument {
  readonly schema: typeof SCORES_SCHEMA
  readonly models: readonly ModelScore[]
  /** How far the maps of the models agree; only if that was asked for. */
  readonly agreement?: AgreementScore
  /** Only where the scores are of part of a plan, as asked for. */
  readonly partial?: { readonly missing_shards: readonly number[]; readonly of: number }
  /** Only where a run of several models could not score some of them; not among `models`. */
  readonly failed?: readonly FailedModel[]
  readonly provenance: Provenance
}

/** A model that could not be scored, and why. */
export interface FailedModel {
  readonly model: string
  readonly code: ErrorCode
  readonly message: string
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
