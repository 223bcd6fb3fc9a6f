import type { ScoreDocument } from './document.js'

/** Former names of a model's counts, which scores.json has beside the present ones for scripts that read them. They will go with version 1. */
export const FORMER_KEYS = {
  unknown_positions: 'unknownPositions',
  dead_maps: 'deadMaps',
  bad_records: 'badRecords',
  bad_records_by_reason: 'badRecordsByReason',
  projected_maps: 'projectedMaps',
} as const

/** A document with the keys of JSON: options, which TypeScript has in camel case, in snake case, and the former names. */
export function withJsonKeys(document: ScoreDocument): unknown {
  const models = document.models.map(model => ({
    ...model,
    ...Object.fromEntries(
      Object.entries(FORMER_KEYS).map(([key, former]) => [former, model[key as keyof typeof FORMER_KEYS]]),
    ),
  }))
  return mapOptions({ ...document, models }, key =>
    key.replaceAll(/[A-Z]/g, letter => `_${letter.toLowerCase()}`),
  )
}

/** The document of parsed JSON: the keys of options as TypeScript has them, without the former names. */
export function withoutJsonKeys(json: ScoreDocument): ScoreDocument {
  const former: readonly string[] = Object.values(FORMER_KEYS)
  const models = json.models.map(model =>
    Object.fromEntries(Object.entries(model).filter(([key]) => !former.includes(key))),
  )
  return mapOptions({ ...json, models }, key =>
    key.replaceAll(/_[a-z]/g, pair => pair[1].toUpperCase()),
  ) as ScoreDocument
}

function mapOptions(value: unknown, rename: (key: string) => string, inOptions = false): unknown {
  if (Array.isArray(value)) return value.map(inner => mapOptions(inner, rename, inOptions))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      inOptions ? rename(key) : key,
      mapOptions(inner, rename, inOptions || key === 'options'),
    ]),
  )
}
