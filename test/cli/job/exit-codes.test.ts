import { expect, it } from 'vitest'
import { exitCodeOfError } from '../../../src/cli/job/exit-codes.js'
import { asDataError, DataError } from '../../../src/core/errors.js'

const tooMany = Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' })

it('too many open files are an error to retry, whatever a reader took them for', () => {
  expect(exitCodeOfError(tooMany)).toBe(75)
  const taken = asDataError(tooMany, 'damaged', { file: 'maps.parquet' })
  expect(exitCodeOfError(taken)).toBe(75)
  expect(exitCodeOfError(taken.at({ batch: 3 }))).toBe(75)
  expect(exitCodeOfError(new DataError('damaged', 'is cut short', { file: 'maps.parquet' }))).toBe(65)
})
