import { readFile } from 'node:fs/promises'
import { DataError } from '../core/errors.js'
import { AGREEMENT_SCHEMA, type ModelAgreement, type PairAgreement } from '../metrics/agreement.js'

/** What agreement.json holds of models and of their pairs. */
export interface LoadedAgreement {
  /** Agreement with the others, by model. */
  readonly models: ReadonlyMap<string, number | null>
  readonly pairs: readonly PairAgreement[]
}

/**
 * The agreement.json of `attrstream agree`.
 *
 * Errors: `not-found`; `format`, for a file that is no such document.
 */
export async function loadAgreement(file: string): Promise<LoadedAgreement> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new DataError('not-found', `cannot be read: ${(error as Error).message}`, { file }, error)
  })
  const { schema, models, agreement } = parse(text) ?? {}
  if (schema !== AGREEMENT_SCHEMA || !Array.isArray(models)) {
    const found = schema === undefined ? 'has no schema' : `has schema ${JSON.stringify(schema)}`
    throw new DataError('format', `${found}, expected "${AGREEMENT_SCHEMA}"; give an agreement.json`, {
      file,
    })
  }
  return {
    models: new Map(
      (models as ModelAgreement[]).map(({ model, agreement_with_others }) => [model, agreement_with_others]),
    ),
    pairs: agreement?.pairs ?? [],
  }
}

interface Parsed {
  readonly schema?: unknown
  readonly models?: unknown
  readonly agreement?: { readonly pairs?: readonly PairAgreement[] }
}

function parse(text: string): Parsed | undefined {
  try {
    return JSON.parse(text) as Parsed
  } catch {
    return undefined
  }
}
