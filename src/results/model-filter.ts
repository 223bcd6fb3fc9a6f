import { DataError } from '../core/errors.js'
import type { Read, Reader } from './join-performance.js'

const OPERATORS: { readonly [operator: string]: (order: number) => boolean } = {
  '>=': order => order >= 0,
  '<=': order => order <= 0,
  '==': order => order === 0,
  '!=': order => order !== 0,
  '>': order => order > 0,
  '<': order => order < 0,
}

/** A condition on a column, as in `auroc>=0.97` or `task==ATAC`; a model without a value does not meet it. Errors: `usage`. */
export function parseFilter(text: string, read: Reader): Read<boolean> {
  const found = /^\s*(.+?)\s*(>=|<=|==|!=|>|<)\s*(.*?)\s*$/.exec(text)
  if (found === null) {
    throw new DataError(
      'usage',
      `filter is ${text}, expected a column, one of >= > <= < == !=, and a value, e.g. auroc>=0.97`,
    )
  }
  const [, column, operator, wanted] = found
  const of = read.cell(column)
  const number = wanted === '' ? Number.NaN : Number(wanted)
  const holds = OPERATORS[operator]
  return candidate => {
    const value = of(candidate)
    if (value === null) return false
    if (typeof value === 'number') {
      if (Number.isNaN(number)) {
        throw new DataError(
          'usage',
          `filter ${text} compares numbers with ${JSON.stringify(wanted)}, expected a number`,
        )
      }
      return holds(value - number)
    }
    if (operator !== '==' && operator !== '!=') {
      throw new DataError('usage', `filter ${text} orders words, expected == or != for column ${column}`)
    }
    return holds(String(value) === wanted ? 0 : 1)
  }
}
