import { expect, it } from 'vitest'
import { printable, printableRows } from '../../src/core/printable.js'

it('leaves text as it is, and escapes what controls a terminal, ends a line or turns the direction', () => {
  expect(printable('chr1:10-20 (+) größe 猫')).toBe('chr1:10-20 (+) größe 猫')
  expect(printable('\u001b[2J\r\na\tb\u007f\u009b1m')).toBe('\\x1b[2J\\x0d\\x0aa\\x09b\\x7f\\x9b1m')
  expect(printable('a\u202eb\u2028c\u2066')).toBe('a\\u202eb\\u2028c\\u2066')
})

it('does so in the texts of rows alone', () => {
  expect(printableRows([{ a: '\u0007', b: 1, c: null, d: true }])).toEqual([
    { a: '\\x07', b: 1, c: null, d: true },
  ])
})
