import { DataError } from '../../core/errors.js'

/** What a figure of generalisation means. */
export const FIGURE_FLAGS = {
  lower: { boolean: true, default: false, describe: 'lower is better, as for a loss' },
  'by-se': {
    string: true,
    describe: 'standard error of the performance column: a number, or a column (default: none)',
  },
} as const

/** A standard error that `--by-se` gives: a number, else the name of a column. */
export function figureErrorOf(text: string | undefined): number | string | undefined {
  if (text === undefined) return undefined
  const number = Number(text)
  return text.trim() !== '' && number >= 0 && Number.isFinite(number) ? number : text
}

/** Errors: `usage`, if the meaning of a figure is given, but not which column has it. */
export function requireColumn(
  { lower, bySe }: { readonly lower?: boolean | undefined; readonly bySe?: string | undefined },
  column: string | undefined,
  option: string,
): void {
  if (column !== undefined || (lower !== true && bySe === undefined)) return
  throw new DataError(
    'usage',
    `${lower === true ? '--lower' : '--by-se'} applies to a performance column; choose it with ${option}`,
  )
}
