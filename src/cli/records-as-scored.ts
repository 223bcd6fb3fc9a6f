import type { LoadedScores } from '../results/load-scores.js'
import type { RecordOptions } from '../sources/records/records.js'

/** How records are laid out, as far as it does not depend on what is scored. */
const LAYOUT = ['axes', 'alphabet', 'target', 'around', 'match', 'files'] as const

/**
 * Options to read maps by that go with scores: those that are given, and for the rest those that the scores were made with, if
 * all documents have the same.
 */
export function recordsAsScored(documents: readonly LoadedScores[], given: RecordOptions): RecordOptions {
  const used = documents.map(({ document }) => recordsOf(document.provenance.options))
  if (new Set(used.map(records => JSON.stringify(records))).size !== 1) return given
  const [scored] = used
  const layout = Object.fromEntries(LAYOUT.map(key => [key, given[key] ?? scored[key]]))
  return { ...given, ...layout, columns: { ...scored.columns, ...defined(given.columns ?? {}) } }
}

function recordsOf(options: unknown): RecordOptions {
  return (options as { readonly records?: RecordOptions } | null)?.records ?? {}
}

function defined<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>
}
