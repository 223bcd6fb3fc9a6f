import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { DataError } from '../core/errors.js'
import { SCORES_SCHEMA, type ScoreDocument } from './document.js'
import { withoutJsonKeys } from './json-keys.js'

/** Scores of a file, and what to call it. */
export interface LoadedScores {
  readonly name: string
  readonly document: ScoreDocument
}

/**
 * The scores of a file, or of the scores.json of a folder. Errors: `not-found`; `format`, for text that is not such a
 * document.
 */
export async function loadScores(path: string): Promise<LoadedScores> {
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() === true
  const file = isFolder ? join(path, 'scores.json') : path
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const what = isFolder
      ? 'holds no scores.json; give a folder that --out of score wrote'
      : `cannot be read: ${(error as Error).message}`
    throw new DataError('not-found', what, { file: path }, error)
  })
  const name =
    basename(file) === 'scores.json' ? join(basename(dirname(file)), 'scores.json') : basename(file)
  return { name, document: parse(text, file) }
}

function parse(text: string, file: string): ScoreDocument {
  let found: unknown
  try {
    found = JSON.parse(text)
  } catch (error) {
    throw new DataError(
      'format',
      `is not JSON: ${(error as Error).message}; give a scores.json`,
      { file },
      error,
    )
  }
  const { schema, models, provenance } = (found ?? {}) as Partial<ScoreDocument>
  if (schema !== SCORES_SCHEMA) {
    throw new DataError(
      'format',
      `has schema ${JSON.stringify(schema) ?? 'none'}, expected "${SCORES_SCHEMA}"; give a scores.json of attrstream score, or score again if an earlier version wrote it`,
      { file },
    )
  }
  if (!Array.isArray(models) || models.length === 0 || typeof provenance !== 'object') {
    throw new DataError('format', 'has no models or no provenance, expected both; score again', { file })
  }
  return withoutJsonKeys(found as ScoreDocument)
}
