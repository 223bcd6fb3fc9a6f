import type { ReportInput } from './input.js'
import { viewModels } from './models.js'
import { page } from './page.js'

/** The report as one HTML file that needs nothing else. */
export function report(input: ReportInput): string {
  return page(input, viewModels(input.documents))
}
