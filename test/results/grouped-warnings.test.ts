import { expect, it } from 'vitest'
import { groupedWarnings } from '../../src/results/grouped-warnings.js'

it('warnings that differ in numbers alone are one line, with the range of each number', () => {
  const models = [
    {
      model: 'a',
      warnings: ['1 dead map (no magnitude above 0): counted in the prior only', 'read it twice'],
    },
    { model: 'b', warnings: ['1,200 dead maps (no magnitude above 0): counted in the prior only'] },
    { model: 'c', warnings: ['3 maps without ground truth: agreement with it is measured on 7'] },
  ]
  expect(groupedWarnings(models)).toEqual([
    'a and b: 1 to 1,200 dead maps (no magnitude above 0): counted in the prior only',
    'a: read it twice',
    'c: 3 maps without ground truth: agreement with it is measured on 7',
  ])
})
