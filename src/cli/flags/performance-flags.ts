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
