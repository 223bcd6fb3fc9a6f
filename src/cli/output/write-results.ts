import type { Json } from '../../core/types.js'
import { printText } from '../../io/standard-output.js'
import type { Outputs } from '../../pipeline/define.js'
import {
  folderOf,
  type PopulationResult,
  type ResultForm,
  resultText,
  saveResults,
} from '../../pipeline/results.js'
import { makeFolder } from '../../io/make-folder.js'

/** Writes the results of folds to `out`, or prints them. Errors: those of `saveResults`. */
export async function writeResults(
  outputs: Outputs,
  document: Json,
  results: readonly PopulationResult[],
  { out, format }: { readonly out?: string | undefined; readonly format: ResultForm },
): Promise<void> {
  if (out === undefined || out === '-') return resultText(format, outputs, document, results, printText)
  await makeFolder(folderOf(out))
  return saveResults(out, outputs, document, results)
}
