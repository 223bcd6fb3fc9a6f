import { readFile } from 'node:fs/promises'
import { DataError } from '../core/errors.js'
import { AGREEMENT_SCHEMA, type ModelAgreement } from '../metrics/agreement.js'

/**
 * Agreement with the others by model, from the agreement.json of `attrstream agree`.
 *
 * Errors: `not-found`; `format`, for a file that is no such document.
 */
export async function loadAgreements(file: string): Promise<ReadonlyMap<string, number | null>> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new DataError('not-found', `cannot be read: ${(error as Error).message}`, { file }, error)
  })
  const { schema, models } = parse(text) ?? {}
  if (schema !== AGREEMENT_SCHEMA || !Array.isArray(models)) {
    const found = schema === undefined ? 'has no schema' : `has schema ${JSON.stringify(schema)}`
    throw new DataError('format', `${found}, expected "${AGREEMENT_SCHEMA}"; give an agreement.json`, {
      file,
    })
  }
  return new Map(
    (models as ModelAgreement[]).map(({ model, agreement_with_others }) => [model, agreement_with_others]),
  )
}

function parse(text: string): { readonly schema?: unknown; readonly models?: unknown } | undefined {
  try {
    return JSON.parse(text) as { readonly schema?: unknown; readonly models?: unknown }
  } catch {
    return undefined
  }
}
