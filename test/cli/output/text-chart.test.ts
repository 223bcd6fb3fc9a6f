import { expect, it } from 'vitest'
import { textChart } from '../../../src/cli/output/text-chart.js'

const rows = [
  { name: 'a', value: 1, se: 0.1 },
  { name: 'bb', value: 0.25, se: 0 },
  { name: 'c', value: null, se: null },
]

it('a chart has a dot for every value, with a bar of its error, from a line at 0', () => {
  const lines = textChart('kmer', rows, { width: 60 }).split('\n')
  expect(lines).toEqual([
    '',
    'kmer',
    `a   │${'·'.repeat(42)}├────●────┤`,
    `bb  │${'·'.repeat(11)}●`,
    'c   │',
    `    0${' '.repeat(50)}1.1`,
    '',
  ])
})
it('values below 0 lie on its left', () => {
  const chart = textChart(
    't',
    [
      { name: 'a', value: -1, se: null },
      { name: 'b', value: 1, se: null },
    ],
    { width: 60 },
  )
  const [, , a, b, axis] = chart.split('\n')
  expect(a).toMatch(/^a {2}●·+│$/)
  expect(b).toMatch(/^b {2} +│·+●$/)
  expect(axis).toMatch(/^ {3}-1 +0 +1$/)
})
it('is nothing on a narrow terminal, and of nothing', () => {
  expect(textChart('t', rows, { width: 59 })).toBe('')
  expect(textChart('t', [], { width: 100 })).toBe('')
  expect(textChart('t', [{ name: 'a', value: null, se: null }], { width: 100 })).toBe('')
})
it('fits its width, whatever the names, and shows what in them cannot be seen', () => {
  const hostile = [
    { name: `\u001b[31m\u202e${'x'.repeat(90)}`, value: 3, se: 1 },
    ...Array.from({ length: 50 }, (_, i) => ({ name: `m${i}`, value: i / 50, se: 0.1 })),
  ]
  const chart = textChart('t', hostile, { width: 80 })
  expect(Math.max(...chart.split('\n').map(line => line.length))).toBeLessThanOrEqual(80)
  for (const unseen of ['\u001b', '\u202e']) expect(chart).not.toContain(unseen)
  expect(chart).toContain('and 11 more')
})
it('has colours where they are asked for', () => {
  expect(textChart('t', rows, { width: 60, colour: true })).toContain('\u001b[36m├────●────┤\u001b[0m')
})
